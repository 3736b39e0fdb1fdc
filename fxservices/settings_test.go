package fxservices_test

import (
	"context"
	"testing"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	shared "github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// attempts notes the attempts of a retrier.
type attempts struct {
	shared.Silent
	*journal
}

func (a *attempts) BeforeRetry(_ context.Context, s runner.Service, attempt int) {
	a.Note("attempt %d of %s", attempt, s.Name())
}

func newAttempts(j *journal) *attempts { return &attempts{journal: j} }

// everySecond retries each second.
func everySecond() *retrier.Builder {
	return retrier.New().BackoffFunc(func() backoff.BackOff { return backoff.NewConstantBackOff(time.Second) })
}

// failsOnce is a start that succeeds at the second attempt.
func failsOnce() call {
	failed := false
	return func(context.Context) error {
		if failed {
			return nil
		}
		failed = true
		return errBoom
	}
}

func newFlakyDB(j *journal) *DB       { return &DB{j.Resource("db", failsOnce())} }
func newFlakyCache(j *journal) *Cache { return &Cache{j.Resource("cache", failsOnce())} }

func TestRetrierInProvide(t *testing.T) {
	inBubble(t, "retries the start of resources, and Observers are told", func(t *testing.T) {
		require.Equal(t, "attempt 1 of db, start db, attempt 2 of db, start db, stop db", live(t,
			fxservices.Provide(newFlakyDB, everySecond()), needing[*DB](), fxservices.Observe(newAttempts)))
	})

	inBubble(t, "holds for all constructors of the call, and for no other", func(t *testing.T) {
		j := &journal{}
		app := j.build(t, fxservices.Provide(everySecond(), newFlakyDB), fxservices.Provide(newFlakyCache),
			needing[*DB](), needing[*Cache]())
		require.EqualError(t, app.Start(t.Context()), `start "cache": boom`)
		require.Equal(t, "start db, start db, start cache, stop db", j.String())
	})

	inBubble(t, "leaves a Server alone that is constructed beside a Resource", func(t *testing.T) {
		newBoth := func(j *journal) (*DB, *API) { return newFlakyDB(j), NewAPI(j) }
		require.Equal(t, "start db, start db, listen api, close api, stop db",
			live(t, fxservices.Provide(newBoth, everySecond())))
	})

	inBubble(t, "leaves a Server alone that is typed as a Service", func(t *testing.T) {
		newService := func(j *journal) runner.Service { return NewAPI(j) }
		require.Equal(t, apiLives, live(t, fxservices.Provide(newService, everySecond())))
	})

	inBubble(t, "retries resources of a flattened group", func(t *testing.T) {
		newDBs := func(j *journal) []*DB { return []*DB{newFlakyDB(j)} }
		dbs := fx.Annotate(newDBs, fx.ResultTags(`group:"dbs,flatten"`))
		require.Equal(t, "start db, start db, stop db", live(t,
			fxservices.Provide(dbs, everySecond()), invoke(func([]*DB) {}, `group:"dbs"`)))
	})

	inBubble(t, "may be nil, which means none; the last one holds", func(t *testing.T) {
		app := (&journal{}).build(t, fxservices.Provide(newFlakyDB, everySecond(), (*retrier.Builder)(nil)), needing[*DB]())
		require.EqualError(t, app.Start(t.Context()), `start "db": boom`)
	})

	inBubble(t, "works within the start timeout of the service", func(t *testing.T) {
		newDB := func(j *journal) *DB { return &DB{j.Resource("db", fails(errBoom))} }
		j := &journal{}
		app := j.build(t, fxservices.Provide(newDB, everySecond(), runner.StartTimeout(1500*time.Millisecond)), needing[*DB]())
		err := app.Start(t.Context())
		require.ErrorIs(t, err, errBoom)
		require.ErrorIs(t, err, runner.ErrStartTimeout)
		require.Equal(t, "start db, start db", j.String())
	})
}

func TestSettingsInProvide(t *testing.T) {
	t.Run("skip a nil retrier", func(t *testing.T) {
		require.Equal(t, apiLives, live(t, fxservices.Provide(NewAPI, (*retrier.Builder)(nil))))
	})

	inBubble(t, "hold for the hooks of no constructor", func(t *testing.T) {
		newDB := func(lc fx.Lifecycle, j *journal) *DB {
			lc.Append(fx.Hook{OnStop: takes(10 * time.Second)})
			return NewDB(j)
		}
		require.Equal(t, "start db, stop db", live(t, fxservices.Provide(newDB, runner.StopTimeout(time.Second)), needing[*DB]()))
	})
}

func TestSettingsOfARetriedServiceAreKept(t *testing.T) {
	var left time.Duration
	construct := func() runner.Service {
		return runner.With(runner.NewResource("db", nil, func(ctx context.Context) error {
			deadline, _ := ctx.Deadline()
			left = time.Until(deadline)
			return nil
		}), runner.StopTimeout(time.Minute))
	}
	app := fx.New(fx.NopLogger, fxservices.Module(), fxservices.Provide(construct, retrier.New()))
	require.NoError(t, app.Start(t.Context()))
	require.NoError(t, app.Stop(t.Context()))
	require.Greater(t, left, 30*time.Second)
}
