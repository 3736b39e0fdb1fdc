package runner_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// readyHook is an Observer that does something before a service is asked whether it is ready.
type readyHook struct {
	nobody
	do func()
}

func (h readyHook) BeforeReady(context.Context, runner.Service) { h.do() }

func TestStopOfWhatBecomesReady(t *testing.T) {
	inBubble(t, "keeps it from being asked if it begins before the first time", func(t *testing.T) {
		var j journal
		var r *runner.Runner
		db := checked(j.resource("db"), j.notes("ready?", fails(errRefused)))
		var stopped func() error
		r = newRunnerFor(t, runner.WithObserver(readyHook{do: func() {
			stopped = async(func() error { return r.Stop(t.Context(), db) })
			time.Sleep(time.Millisecond)
		}}))
		err := returns(t, time.Minute, func() error { return r.Start(t.Context(), db) })
		require.EqualError(t, err, `ready "db": stopped before it was ready`)
		require.NoError(t, stopped())
		require.Equal(t, []string{"start db", "stop db"}, j.all())
	})

	inBubble(t, "waits for the IsReady that runs, and until Observers have heard that the start has failed", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t, runner.WithObserver(witness{&j}))
		db := checked(j.resource("db"), func(ctx context.Context) error {
			<-ctx.Done()
			time.Sleep(20 * time.Millisecond)
			j.note("not ready")
			return errRefused
		})
		start := running(t, r, db)
		require.NoError(t, r.Stop(t.Context(), db))
		require.Error(t, start())
		require.Equal(t, []string{
			"before start db", "start db", "not ready", `after start db: ready "db": stopped before it was ready`,
			"before stop db", "stop db", "after stop db",
		}, j.all())
	})
}
