package fxservices_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cenkalti/backoff/v4"
	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/httpserver/admin"
	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/observers/probes"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

var freePort = admin.Addr("127.0.0.1:0")

var opsClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// read returns the code and the body of an answer on one line.
func read(url string) string {
	response, err := opsClient.Get(url)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return response.Status[:3] + " " + strings.ReplaceAll(strings.TrimSpace(string(body)), "\n", "; ")
}

func TestAdmin(t *testing.T) {
	for name, position := range map[string]func(ops, rest fx.Option) fx.Option{
		"first":       func(ops, rest fx.Option) fx.Option { return fx.Options(ops, rest) },
		"last":        func(ops, rest fx.Option) fx.Option { return fx.Options(rest, ops) },
		"in a module": func(ops, rest fx.Option) fx.Option { return fx.Options(rest, fx.Module("ops", ops)) },
	} {
		for mode, opts := range map[string][]fxservices.Option{"one at a time": nil, "concurrent": {fxservices.Concurrent()}} {
			t.Run("starts first and stops last, "+name+", "+mode, func(t *testing.T) {
				j := &journal{}
				var server *admin.Server
				ask := func(what string) call {
					return func(context.Context) error {
						j.Note("%s: %s", what, read(server.URL()+"/readyz"))
						return nil
					}
				}
				newDB := func() *DB { return &DB{runner.NewResource("db", ask("start db"), ask("stop db"))} }
				newFront := func(*DB) *Front { return &Front{runner.NewServer("front", untilEnd, ask("close front"))} }
				app := j.application(module(opts...), position(fxservices.Admin(freePort),
					fxservices.Provide(newDB, newFront)), fx.Populate(&server))
				for range 2 {
					require.NoError(t, app.Start(t.Context()))
					require.NoError(t, ask("up")(t.Context()))
					require.NoError(t, app.Stop(t.Context()))
					require.Empty(t, server.URL())
				}
				life := []string{
					"start db: 503 [-]state failed: starting; readyz check failed", "up: 200 ok",
					"close front: 503 [-]state failed: stopping; readyz check failed",
					"stop db: 503 [-]state failed: stopping; readyz check failed",
				}
				require.Equal(t, append(life, life...), j.Lines())
			})
		}
	}

	t.Run("lets its probes observe before all others", func(t *testing.T) {
		j := &journal{}
		var p *probes.Probes
		sees := func(who string) runner.Observer {
			return &observers.Funcs{OnStateChanged: func(_ context.Context, state runner.State) {
				j.Note("%s %v %v", who, state, seesState(p, state))
			}}
		}
		app := j.application(fxservices.Observe(sees("observe")), module(fxservices.WithRunner(runner.WithObserver(sees("runner")))),
			fxservices.Admin(freePort), fx.Populate(&p))
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, "runner starting true, observe starting true, runner ready true, observe ready true, "+
			"runner stopping true, observe stopping true, runner stopped true, observe stopped true", j.String())
	})

	t.Run("needs nothing of the container to start, and answers while a database is being retried", func(t *testing.T) {
		j := &journal{}
		var server *admin.Server
		attempts := 0
		db := j.Resource("db", func(context.Context) error {
			j.Note("%s", read(server.URL()+"/livez"))
			if attempts++; attempts < 3 {
				return errBoom
			}
			return nil
		})
		app := j.build(t, fxservices.Provide(func() runner.Resource { return db }, retrier.New().Backoff(&backoff.ZeroBackOff{})), needing[runner.Resource](),
			fxservices.Admin(freePort), fx.Populate(&server))
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, "start db, 200 ok, start db, 200 ok, start db, 200 ok, stop db", j.String())
	})

	t.Run("fails the start when its address is in use, naming it, before anything else starts", func(t *testing.T) {
		taken := admin.New(freePort)
		require.NoError(t, taken.Start(t.Context()))
		defer func() { require.NoError(t, taken.Stop(context.Background())) }()
		addr := strings.TrimPrefix(taken.URL(), "http://")
		j := &journal{}
		app := j.build(t, fxservices.Provide(NewAPI), fxservices.Admin(admin.Addr(addr)))
		require.ErrorContains(t, app.Start(t.Context()), `start "admin": listen tcp `+addr+`: bind: address already in use`)
		require.Empty(t, j.Lines())
	})

	t.Run("has the options of the probes, and can be given to constructors", func(t *testing.T) {
		app := (&journal{}).build(t, fxservices.Admin(freePort, admin.Probes(probes.ShowErrors())),
			fx.Invoke(func(s *admin.Server, p *probes.Probes) {
				require.Same(t, p, s.Probes())
				p.Add("disk", probes.Live, fails(errBoom))
				s.Handle("/x", http.NotFoundHandler())
			}),
			fx.Invoke(func(lc fx.Lifecycle, s *admin.Server) {
				lc.Append(fx.Hook{OnStart: func(context.Context) error {
					require.Equal(t, "503 [-]disk failed: boom; livez check failed", read(s.URL()+"/livez"))
					return nil
				}})
			}))
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
	})

	t.Run("needs a Module, and is given once", func(t *testing.T) {
		require.ErrorContains(t, fx.New(fx.NopLogger, fxservices.Admin()).Err(), "Module is missing")
		require.ErrorContains(t, refusal(t, fxservices.Admin(), fxservices.Admin()), "already provided")
	})
}

// Front is a Server.
type Front struct{ runner.Server }

// seesState reports whether p knows the state already.
func seesState(p *probes.Probes, state runner.State) bool {
	r := httptest.NewRequest(http.MethodGet, "/livez", nil)
	r.Header.Set("Accept", "application/json")
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return strings.Contains(w.Body.String(), `"state":"`+state.String()+`"`)
}

func TestAdminHandler(t *testing.T) {
	for mode, opts := range map[string][]fxservices.Option{"one at a time": nil, "concurrent": {fxservices.Concurrent()}} {
		t.Run("answers 503 until what it was constructed from has started, and once that stops, "+mode, func(t *testing.T) {
			j := &journal{}
			var server *admin.Server
			ask := func(what string) call {
				return func(context.Context) error {
					j.Note("%s: %s", what, read(server.URL()+"/page"))
					return nil
				}
			}
			db := &DB{runner.NewResource("db", ask("start db"), ask("stop db"))}
			app := j.application(module(opts...), fxservices.AdminHandler("/page", NewPage), fxservices.Admin(freePort),
				fxservices.Provide(func() *DB { return db }), fx.Populate(&server))
			for range 2 {
				require.NoError(t, app.Start(t.Context()))
				require.NoError(t, ask("up")(t.Context()))
				require.NoError(t, app.Stop(t.Context()))
			}
			life := []string{"start db: 503 503 not started", "up: 200 page of db", "stop db: 503 503 not started"}
			require.Equal(t, append(life, life...), j.Lines())
		})
	}

	t.Run("takes constructors of all shapes, and ready-made handlers", func(t *testing.T) {
		var server *admin.Server
		app := (&journal{}).build(t, fxservices.Admin(freePort), fx.Populate(&server), fxservices.Provide(NewDB),
			fxservices.AdminHandler("/pointer", NewPage),
			fxservices.AdminHandler("/interface", func(db *DB) (http.Handler, error) { return NewPage(db), nil }),
			fxservices.AdminHandler("/function", func() http.HandlerFunc {
				return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "function") }
			}),
			fxservices.AdminHandler("/named", fx.Annotate(func(text string) Page { return Page{text} }, fx.ParamTags(`name:"text"`))),
			fx.Supply(fx.Annotate("named", fx.ResultTags(`name:"text"`))),
			fxservices.AdminHandler("/made", Page{"made"}),
			fxservices.AdminHandler("/nil", func() *Page { return nil }),
		)
		require.NoError(t, app.Start(t.Context()))
		var got []string
		for _, path := range []string{"pointer", "interface", "function", "named", "made", "nil"} {
			got = append(got, read(server.URL()+"/"+path))
		}
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, []string{
			"200 page of db", "200 page of db", "200 function", "200 page of named", "200 page of made", "404 404 page not found",
		}, got)
	})

	t.Run("refuses what is no handler, saying where", func(t *testing.T) {
		for want, handler := range map[string]any{
			`fxservices.AdminHandler: "/x": must be an http.Handler or a constructor of one, got nil`: nil,
			`fxservices.AdminHandler: "/x": must be a constructor, got int`:                           1,
			location(NewAPI) + ") must return one http.Handler":                                       NewAPI,
			location(NewServingPage) + ") returns a service: give it to Provide":                      NewServingPage,
		} {
			require.ErrorContains(t, refusal(t, fxservices.Admin(freePort), fxservices.AdminHandler("/x", handler)), want)
		}
		failing := func() (http.Handler, error) { return nil, errBoom }
		err := refusal(t, fxservices.Admin(freePort), fxservices.AdminHandler("/x", failing))
		require.ErrorIs(t, err, errBoom)
		require.ErrorContains(t, err, location(failing))
	})

	t.Run("fails the start with a bad pattern", func(t *testing.T) {
		app := (&journal{}).build(t, fxservices.Admin(freePort), fxservices.AdminHandler("/livez", Page{"x"}))
		require.ErrorContains(t, app.Start(t.Context()), `handle "/livez"`)
	})

	t.Run("needs Admin, and a Module", func(t *testing.T) {
		require.ErrorContains(t, refusal(t, fxservices.AdminHandler("/x", Page{"x"})), "Admin is missing")
		require.ErrorContains(t, fx.New(fx.NopLogger, fxservices.AdminHandler("/x", Page{"x"})).Err(), "Module is missing")
	})
}

// Page is a handler that was constructed from something.
type Page struct{ of string }

func NewPage(db *DB) *Page { return &Page{db.Name()} }

func (p Page) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	_, _ = io.WriteString(w, "page of "+p.of)
}

// ServingPage is a handler and a service.
type ServingPage struct {
	Page
	runner.Resource
}

func NewServingPage() *ServingPage { return &ServingPage{} }
