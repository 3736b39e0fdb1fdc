package retrier_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

func TestRunnerOfServer(t *testing.T) {
	inBubble(t, "goes on while a server is restarted, and tells its observers", func(t *testing.T) {
		var log events
		r := runner.NewRunner(runner.WithSignals(), runner.WithObserver(observer{&log}))
		api := everySecond(1, 0).BuildServer(&checked{script: log.server(failsAfter(time.Second))})
		result := async(func() error { return r.Run(t.Context(), api) })
		time.Sleep(time.Minute)
		require.NoError(t, r.Finish(t.Context()))
		require.NoError(t, <-result)

		require.Equal(t, []string{
			"loading", "loaded", "starting api",
			"attempt 1 of api", "listen api",
			"started api: <nil>",
			"close api", "attempt 1 of api: connection refused, next in 1s",
			"attempt 2 of api", "listen api",
			"stopping api", "close api", "stopped api: <nil>",
		}, log.all())
	})

	inBubble(t, "ends with a server that failed for good", func(t *testing.T) {
		var log events
		r := runner.NewRunner(runner.WithSignals())
		api := everySecond(1, 0).BuildServer(log.server(failsAfter(time.Second), fails))
		require.EqualError(t, r.Run(t.Context(), api), `listen "api": gave up after 2 attempts: connection refused`)
		require.NoError(t, r.Finish(t.Context()))
		require.Equal(t, []string{"listen api", "close api", "listen api", "close api"}, log.all())
	})

	inBubble(t, "waits with the next service until a restart has worked, after a panic too", func(t *testing.T) {
		var log events
		r := runner.NewRunner(runner.WithSignals())
		ready := &afterListens{script: log.server(fails, panics), listens: 3}
		api := everySecond(2, 0).BuildServer(ready)
		db := log.failing("db")
		result := async(func() error { return r.Run(t.Context(), api, db) })
		time.Sleep(time.Minute)
		require.NoError(t, r.Finish(t.Context()))
		require.NoError(t, <-result)
		require.Equal(t, []string{
			"listen api", "close api", "listen api", "close api", "listen api",
			"start db", "close api", "stop db",
		}, log.all())
	})

	inBubble(t, "ends restarts with the start timeout of the server", func(t *testing.T) {
		var log events
		r := runner.NewRunner(runner.WithSignals(), runner.WithStartTimeout(1500*time.Millisecond))
		api := everySecond(9, 0).BuildServer(&afterListens{script: log.server(fails, fails, fails), listens: 4})
		err := r.Run(t.Context(), api)
		require.EqualError(t, err, `ready "api": timed out after 1.5s: not listening: connection refused`)
		require.ErrorIs(t, err, runner.ErrStartTimeout)
		require.NoError(t, r.Finish(t.Context()))
		require.Equal(t, []string{"listen api", "close api", "listen api", "close api"}, log.all())
	})

	inBubble(t, "finishes during a pause", func(t *testing.T) {
		var log events
		r := runner.NewRunner(runner.WithSignals())
		api := everySecond(1, 0).BuildServer(log.server(failsAfter(time.Second)))
		result := async(func() error { return r.Run(t.Context(), api) })
		time.Sleep(1500 * time.Millisecond)
		begin := time.Now()
		require.NoError(t, r.Finish(t.Context()))
		require.NoError(t, <-result)
		require.Zero(t, time.Since(begin))
		require.Equal(t, []string{"listen api", "close api"}, log.all())
	})

	t.Run("gets an error for a nil server", func(t *testing.T) {
		r := runner.NewRunner(runner.WithSignals())
		require.ErrorIs(t, r.Run(t.Context(), retrier.New().BuildServer(nil)), runner.ErrInvalidServiceType)
		require.NoError(t, r.Finish(t.Context()))
	})

	inBubble(t, "runs the same server again after Finish", func(t *testing.T) {
		var log events
		r := runner.NewRunner(runner.WithSignals())
		api := everySecond(1, 0).BuildServer(log.server(fails))
		for range 2 {
			result := async(func() error { return r.Run(t.Context(), api) })
			time.Sleep(time.Minute)
			require.NoError(t, r.Finish(t.Context()))
			require.NoError(t, <-result)
		}
		require.Equal(t, []string{
			"listen api", "close api", "listen api", "close api",
			"listen api", "close api",
		}, log.all())
	})

	inBubble(t, "tells of runtime.Goexit", func(t *testing.T) {
		var log events
		r := runner.NewRunner(runner.WithSignals())
		api := everySecond(1, 0).BuildServer(log.server(exits))
		result := async(func() error { return r.Run(t.Context(), api) })
		synctest.Wait()
		require.EqualError(t, <-result, `listen "api": panic: runtime.Goexit was called`)
		require.NoError(t, r.Finish(t.Context()))
	})
}

// afterListens is ready once it was listened to as often.
type afterListens struct {
	*script
	listens int
}

func (a *afterListens) IsReady(context.Context) error {
	made := 0
	for _, event := range a.events.all() {
		if event == "listen api" {
			made++
		}
	}
	if made < a.listens {
		return errRefused
	}
	return nil
}
