package fxservices_test

import (
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"

	"github.com/go-fxservices/services/fxservices"
)

// newStore is a plain constructor with hooks.
func newStore(lc fx.Lifecycle, _ *DB) *Config {
	lc.Append(fx.StartHook(hookOne))
	lc.Append(fx.StopHook(hookTwo))
	return &Config{}
}

func newCacheWithHook(lc fx.Lifecycle, j *journal) *Cache {
	lc.Append(fx.StartHook(hookOne))
	return &Cache{j.Resource("cache")}
}

func hookOne() {}
func hookTwo() {}

const (
	one = "hook github.com/go-fxservices/services/fxservices_test.hookOne()"
	two = "hook github.com/go-fxservices/services/fxservices_test.hookTwo()"
)

func TestHooksInOrder(t *testing.T) {
	t.Run("are nodes of their own where a constructor appended them", func(t *testing.T) {
		require.Equal(t, []string{
			"queue: at once",
			"db: at once",
			one + ": after db",
			two + ": after db, " + one,
			"api: after queue, " + one + ", " + two,
		}, orderOf(t, fxservices.Provide(NewDB, NewQueue, apiOfBoth[*Queue, *Config]), fx.Provide(newStore)))
	})

	t.Run("come before the service of their constructor", func(t *testing.T) {
		require.Equal(t, []string{one + ": at once", "cache: after " + one, "api: after " + one + ", cache"},
			orderOf(t, fxservices.Provide(newCacheWithHook, apiOf[*Cache])))
	})

	t.Run("are barriers where no constructor appended them", func(t *testing.T) {
		const why = ": a barrier: it is a hook, and no constructor has appended it"
		hook := func(lc fx.Lifecycle) { lc.Append(fx.StartHook(hookOne)) }
		helper := func(lc fx.Lifecycle, j *journal) *Cache { return newCacheWithHook(lc, j) }
		require.Equal(t, []string{one + why, "db: at once"}, orderOf(t, fx.Invoke(hook), fxservices.Provide(NewDB), needing[*DB]()))
		require.Equal(t, []string{"api: at once", one + why}, orderOf(t, fxservices.Provide(NewAPI), fx.Invoke(func(*API) {}), fx.Invoke(hook)))
		require.Equal(t, one+why, orderOf(t, fx.Invoke(func(lc fx.Lifecycle, j *journal) { helper(lc, j) }))[0])
		require.Equal(t, one+why, orderOf(t, fx.Provide(newCacheWithHook), fx.Invoke(newCacheWithHook))[0], "a constructor that is invoked is none")
	})
}

// stores has constructors that are methods.
type stores struct{}

func (stores) newStore(lc fx.Lifecycle, s *stage, db *DB) *Store { return newHookedStore(lc, s, db) }

type storeMaker interface {
	newStore(lc fx.Lifecycle, s *stage, db *DB) *Store
}

func TestHooksStartAtTheSameTime(t *testing.T) {
	// both provides two stores, of different databases, by annotations of one constructor.
	both := func(construct any) fx.Option {
		provide := func(name string) fx.Option {
			tag := `name:"` + name + `"`
			return fx.Options(
				fxservices.Provide(fx.Annotate(dbCalled(name), fx.ResultTags(tag))),
				fx.Provide(fx.Annotate(func(db *DB) string { return db.Name() }, fx.ParamTags(tag), fx.ResultTags(tag))),
				fx.Provide(fx.Annotate(construct, fx.ParamTags("", "", tag), fx.ResultTags(tag))), invoke(func(string, *Store) {}, tag, tag))
		}
		return fx.Options(provide("a"), provide("b"))
	}
	for name, opts := range map[string]fx.Option{
		"that are annotated":             both(newHookedStore),
		"that are methods":               both(stores{}.newStore),
		"that are methods of interfaces": both(storeMaker(stores{}).newStore),
		"that are closures":              both(func(lc fx.Lifecycle, s *stage, db *DB) *Store { return newHookedStore(lc, s, db) }),
	} {
		t.Run("those of constructors "+name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &stage{}
				require.Equal(t, 4*time.Second, s.play(t, opts, module()))
				require.Equal(t, 2*time.Second, s.play(t, opts, module(fxservices.Concurrent())))
				require.Empty(t, s.early)
			})
		})
	}
	inBubble(t, "those of the annotations fx.OnStart and fx.OnStop", func(t *testing.T) {
		s := &stage{}
		annotated := func(name string) fx.Option {
			tag := `name:"` + name + `"`
			return fx.Options(
				fxservices.Provide(fx.Annotate(dbCalled(name), fx.ResultTags(tag))),
				fx.Provide(fx.Annotate(func(*DB) *Store { return &Store{} }, fx.ParamTags(tag), fx.ResultTags(tag),
					fx.OnStart(s.start("store of "+name, name)), fx.OnStop(func() {}))),
				invoke(func(*Store) {}, tag))
		}
		opts := fx.Options(annotated("a"), annotated("b"))
		require.Equal(t, 4*time.Second, s.play(t, opts, module()))
		require.Equal(t, 2*time.Second, s.play(t, opts, module(fxservices.Concurrent())))
		require.Empty(t, s.early)
	})
}

// queueWith is a decorator that needs a T.
func queueWith[T any](q *Queue, _ T) *Queue { return q }

func TestDecoratedTypes(t *testing.T) {
	t.Run("are waited for with all that the decorator needs", func(t *testing.T) {
		require.Equal(t, []string{"queue: at once", "db: at once", "cache: after db", "api: after queue, cache", "admin: at once"},
			orderOf(t, fxservices.Provide(NewQueue, NewDB, NewCache, apiOf[*Queue]), fxservices.Provide(NewAdmin), fx.Decorate(queueWith[*Cache]),
				needing[*API]()))
	})

	t.Run("are waited for through plain constructors, names and groups", func(t *testing.T) {
		decorate := func(tag string, decorator any) fx.Option {
			return fx.Decorate(fx.Annotate(decorator, fx.ParamTags(tag), fx.ResultTags(tag)))
		}
		want := []string{"db: at once", "api: after db"}
		require.Equal(t, want, orderOf(t, fxservices.Provide(NewDB, apiOf[*Config]), fx.Provide(func(string) *Config { return nil }),
			fx.Supply("text"), fx.Decorate(func(text string, _ *DB) string { return text })))
		require.Equal(t, want, orderOf(t, fxservices.Provide(NewDB, fx.Annotate(apiOf[string], fx.ParamTags("", `name:"x\"y"`))),
			fx.Supply(fx.Annotate("text", fx.ResultTags(`name:"x\"y"`))),
			decorate(`name:"x\"y"`, func(text string, _ *DB) string { return text })))
		require.Equal(t, want, orderOf(t, fxservices.Provide(NewDB, fx.Annotate(apiOf[[]string], fx.ParamTags("", `group:"g"`))),
			fx.Supply(fx.Annotate("text", fx.ResultTags(`group:"g"`))),
			decorate(`group:"g"`, func(texts []string, _ *DB) []string { return texts })))
	})

	t.Run("are waited for in the modules that the decorator is for", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "api: at once", "admin: after db"}, orderOf(t,
			fxservices.Provide(NewDB, apiOf[string]), fx.Supply("text"), needing[*API](),
			fx.Module("inner", fx.Decorate(func(text string, _ *DB) string { return text }), needing[string](),
				fxservices.Provide(func(j *journal, _ string) *Admin { return NewAdmin(j) }))))
	})

	t.Run("are not waited for where they are replaced, or nobody needs them", func(t *testing.T) {
		require.Equal(t, []string{"db: at once", "api: at once"}, orderOf(t, fxservices.Provide(NewDB, apiOf[*Config]), needing[*DB](),
			fx.Provide(func(*DB) *Config { return nil }), fx.Replace(&Config{}),
			fx.Supply("text"), fx.Decorate(func(text string, _ *DB) string { return text })))
	})

	t.Run("count for what is registered", func(t *testing.T) {
		require.Equal(t, []string{"queue: at once", "api: after queue"}, orderOf(t, fx.Provide(NewQueue), fx.Supply("text"),
			fx.Decorate(func(text string, _ *Queue) string { return text }), fx.Invoke(func(string) {}),
			fx.Invoke(fxservices.Register[*Queue]), fxservices.Provide(apiOf[string]), fx.Invoke(func(*API) {})))
	})
}

func TestConcurrentLoggers(t *testing.T) {
	services := fx.Options(fxservices.Provide(NewDB, NewQueue, apiOf[*DB]), needing[*Queue]())
	want := []string{"queue: at once", "db: at once", "api: after db"}

	t.Run("are not needed", func(t *testing.T) {
		quiet, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		require.NoError(t, err)
		defer quiet.Close()
		stderr := os.Stderr
		defer func() { os.Stderr = stderr }()
		os.Stderr = quiet // fx writes there
		require.Equal(t, want, orderLogged(t, services))
	})

	t.Run("may be in a module only", func(t *testing.T) {
		inner := fx.Module("inner", fx.WithLogger(func() fxevent.Logger { return fxevent.NopLogger }))
		require.Equal(t, want, orderLogged(t, fx.NopLogger, inner, services))
	})

	t.Run("may need services", func(t *testing.T) {
		newLogger := func(*API) fxevent.Logger { return fxevent.NopLogger }
		require.Equal(t, []string{"db: at once", "api: after db", "queue: at once"}, orderLogged(t, fx.WithLogger(newLogger), services))
	})

	t.Run("get the events that fx has for them, and stay what they are", func(t *testing.T) {
		var events, inner []fxevent.Event
		orderLogged(t, fx.WithLogger(func() fxevent.Logger { return eventLog{&events} }), services,
			fx.Module("inner", fx.WithLogger(func() fxevent.Logger { return eventLog{&inner} }), needing[*DB]()))
		require.IsType(t, &fxevent.Provided{}, events[0])
		require.IsType(t, &fxevent.Stopped{}, events[len(events)-1])
		require.NotEmpty(t, inner)
		for _, event := range inner {
			require.NotContains(t, []any{&fxevent.Started{}, &fxevent.Stopped{}}, event, "the module hears of itself only")
		}
	})

	t.Run("do not hide why an application cannot be built", func(t *testing.T) {
		app := fx.New(fx.NopLogger, module(fxservices.Concurrent()), fxservices.Provide(3))
		require.EqualError(t, app.Err(), "fxservices.Provide: must be a constructor, got int")
	})
}

type eventLog struct{ events *[]fxevent.Event }

func (l eventLog) LogEvent(e fxevent.Event) { *l.events = append(*l.events, e) }

func TestUncertainOrder(t *testing.T) {
	t.Run("is that of the places where a service is registered after what needs it", func(t *testing.T) {
		require.Equal(t, []string{
			`api: a barrier: it seems to need "queue", which took its place later`,
			`queue: a barrier: "api", which took its place before, seems to need it`,
		}, orderOf(t, fx.Provide(NewQueue, func(*Queue) string { return "" }), fxservices.Provide(apiOf[string]),
			fx.Invoke(func(*API) {}), fx.Invoke(fxservices.Register[*Queue])))
	})

	t.Run("is no matter of soft groups, which have what is constructed before", func(t *testing.T) {
		type soft struct {
			fx.In
			All []*DB `group:"all,soft"`
		}
		type member struct {
			fx.Out
			DB   *DB   `group:"all"`
			Same Named `name:"one"`
		}
		newOne := func(j *journal) member {
			one := dbNamed("one")(j)
			return member{DB: one, Same: one}
		}
		require.Equal(t, []string{"one: at once", "api: after one", "two: at once"}, orderOf(t,
			fxservices.Provide(apiOf[soft], annotated(`group:"all"`, dbNamed("two")), newOne),
			invoke(func(Named) {}, `name:"one"`), fx.Invoke(func(*API) {}), invoke(func([]*DB) {}, `group:"all"`)))
	})
}
