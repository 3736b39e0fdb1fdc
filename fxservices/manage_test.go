package fxservices_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// pool is no service, as sql.DB is none.
type pool struct {
	j    *journal
	name string
}

// querier is an interface that a pool has.
type querier interface{ query() }

func (*pool) query() {}

func newPool(j *journal) *pool { return &pool{j, "pool"} }

func asResource(p *pool) runner.Resource { return p.j.Resource(p.name) }

func TestManage(t *testing.T) {
	manage := fxservices.Manage(asResource)

	t.Run("starts a value before those who take it, and stops it after them", func(t *testing.T) {
		for _, opts := range [][]fxservices.Option{nil, {fxservices.Concurrent()}} {
			j := &journal{}
			app := j.application(module(opts...), fxservices.Provide(apiOf[*pool]), fxservices.Provide(newPool, manage))
			require.NoError(t, app.Start(t.Context()))
			require.NoError(t, app.Stop(t.Context()))
			require.Equal(t, "start pool, listen api, close api, stop pool", j.String())
		}
	})

	t.Run("waits until something needs a Resource, and for nothing with Servers", func(t *testing.T) {
		require.Empty(t, live(t, fxservices.Provide(newPool, manage)))
		server := fxservices.Manage(func(p *pool) runner.Server { return p.j.Server(p.name) })
		require.Equal(t, "listen pool, close pool", live(t, fxservices.Provide(newPool, server)))
		service := fxservices.Manage(func(p *pool) runner.Service { return p.j.Server(p.name) })
		require.Equal(t, "listen pool, close pool", live(t, fxservices.Provide(newPool, service)))
	})

	t.Run("takes names, groups, interfaces, result objects and errors", func(t *testing.T) {
		type results struct {
			fx.Out
			Main   *pool   `name:"main"`
			Others []*pool `group:"pools,flatten"`
		}
		newAll := func(j *journal) (results, error) {
			return results{Main: &pool{j, "main"}, Others: []*pool{{j, "one"}, {j, "two"}}}, nil
		}
		needsMain := fx.Invoke(fx.Annotate(func(*pool) {}, fx.ParamTags(`name:"main"`)))
		require.Equal(t, "start main, start one, start two, stop two, stop one, stop main",
			live(t, fxservices.Provide(newAll, manage), needsMain))
		require.Equal(t, "start pool, stop pool",
			live(t, fxservices.Provide(fx.Annotate(newPool, fx.As(new(querier))), manage), needing[querier]()))
	})

	t.Run("manages an instance of two constructors once", func(t *testing.T) {
		again := func(p *pool) querier { return p }
		require.Equal(t, "start pool, stop pool",
			live(t, fxservices.Provide(newPool, manage), fxservices.Provide(again, fxservices.Manage(func(q querier) runner.Resource {
				return asResource(q.(*pool))
			})), needing[querier]()))
	})

	t.Run("does not manage nil", func(t *testing.T) {
		require.Empty(t, live(t, fxservices.Provide(func() *pool { return nil }, manage), needing[*pool]()))
		nothing := fxservices.Manage(func(*pool) runner.Resource { return nil })
		require.Empty(t, live(t, fxservices.Provide(newPool, nothing), needing[*pool]()))
	})

	inBubble(t, "applies the settings of the call", func(t *testing.T) {
		failed := false
		once := fxservices.Manage(func(p *pool) runner.Resource {
			return p.j.Resource(p.name, func(ctx context.Context) error {
				if failed {
					return nil
				}
				failed = true
				return errBoom
			})
		})
		require.Equal(t, "start pool, start pool, stop pool", live(t, fxservices.Provide(newPool, once, retrier.New()), needing[*pool]()))
		stuckPool := fxservices.Manage(func(p *pool) runner.Resource { return p.j.Stopping(p.name, waits) })
		app := (&journal{}).build(t, fxservices.Provide(newPool, stuckPool, runner.StopTimeout(3*time.Second)), needing[*pool]())
		require.NoError(t, app.Start(t.Context()))
		require.ErrorContains(t, app.Stop(t.Context()), `stop "pool": timed out after 3s`)
	})

	t.Run("refuses what cannot be meant", func(t *testing.T) {
		var none func(*pool) runner.Resource
		for says, args := range map[string][]any{
			"the function of Manage for *fxservices_test.pool is nil":                          {newPool, fxservices.Manage(none)},
			location(asResource) + "): there is another Manage for *fxservices_test.pool":      {newPool, manage, manage},
			location(asResource) + "): no constructor of this call returns the *fxservices_te": {NewDB, manage},
		} {
			require.ErrorContains(t, refusal(t, fxservices.Provide(args...)), says)
		}
		wrong := func(*pool) runner.Service { return named("nothing") }
		err := refusal(t, fxservices.Provide(newPool, fxservices.Manage(wrong)), needing[*pool]())
		require.ErrorIs(t, err, runner.ErrInvalidServiceType)
		require.ErrorContains(t, err, location(wrong))
	})
}

// named is a name that is no Resource.
type named string

func (n named) Name() string { return string(n) }
