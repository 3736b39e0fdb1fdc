package timeline_test

import (
	"context"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

func TestTimelineOfAStop(t *testing.T) {
	t.Run("records a server that failed", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r, tl := record()
			api := runner.NewServer("api", func(ctx context.Context) error {
				time.Sleep(20 * ms)
				return errRefused
			}, nil)
			require.ErrorIs(t, r.Run(t.Context(), api), errRefused)
			require.NoError(t, r.Finish(t.Context()))
			requireHistory(t, tl.Snapshot(),
				"constructed=0s started=0s ready=0s shutdown=20ms stopped=20ms",
				`api server queued=0s start=0s started=0s ready=0s stop=20ms stopped=20ms failed=20ms err=listen "api": connection refused`,
			)
		})
	})

	t.Run("records a server that failed before it was ready", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r, tl := record()
			require.ErrorIs(t, r.Run(t.Context(), &unready{}), errRefused)
			require.Equal(t, "unready server queued=0s start=0s started=0s stop=20ms stopped=20ms failed=20ms "+
				`err=listen "unready": connection refused`, history(tl.Snapshot())[1])
		})
	})

	t.Run("begins the shutdown with the signal, or the drain", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			signals := make(chan os.Signal, 1)
			listen := runner.WithListenerBuilder(func() runner.Listener { return listener(signals) })
			r, tl := record(runner.WithDrainDelay(10*ms), listen)
			time.AfterFunc(5*ms, func() { signals <- syscall.SIGTERM })
			require.NoError(t, r.Run(t.Context(), runner.NewServer("api", nil, nil)))
			require.NoError(t, r.Finish(t.Context()))
			require.Equal(t, "constructed=0s started=0s ready=0s shutdown=5ms stopped=15ms", history(tl.Snapshot())[0])
		})
	})

	t.Run("takes a shutdown back when others go on", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r, tl := record()
			require.NoError(t, r.Run(t.Context(), resource("db", 0)))
			require.Error(t, r.Run(t.Context(), &slow{name: "broker", startErr: errRefused}))
			require.Equal(t, "constructed=0s started=0s ready=0s", history(tl.Snapshot())[0])
		})
	})

	t.Run("records a stop that failed, and the one that followed", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r, tl := record()
			db := &slow{name: "db", stop: 5 * ms, refuse: errRefused}
			require.NoError(t, r.Run(t.Context(), db))
			require.ErrorIs(t, r.Finish(t.Context()), errRefused)
			require.Equal(t, `db resource queued=0s start=0s started=0s ready=0s stop=0s stopped=5ms err=stop "db": connection refused`,
				history(tl.Snapshot())[1])

			db.refuse = nil
			require.NoError(t, r.Finish(t.Context()))
			require.Equal(t, "db resource queued=0s start=0s started=0s ready=0s stop=0s stopped=10ms", history(tl.Snapshot())[1])
		})
	})

	t.Run("records a service again that starts again", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r, tl := record()
			db := resource("db", 2*ms)
			require.NoError(t, r.Run(t.Context(), db))
			require.NoError(t, r.Stop(t.Context(), db))
			require.NoError(t, r.Run(t.Context(), db))
			require.Equal(t, []string{
				"db resource queued=0s start=0s started=2ms ready=2ms stop=2ms stopped=2ms",
				"db resource queued=2ms start=2ms started=4ms ready=4ms",
			}, history(tl.Snapshot())[1:])
		})
	})

	t.Run("begins anew with the next life of the Runner", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r, tl := record()
			require.NoError(t, r.Run(t.Context(), resource("db", 2*ms)))
			require.NoError(t, r.Finish(t.Context()))
			time.Sleep(time.Hour)
			require.NoError(t, r.Run(t.Context(), resource("cache", ms)))
			require.NoError(t, r.Finish(t.Context()))
			requireHistory(t, tl.Snapshot(),
				"constructed=0s started=1ms ready=1ms shutdown=1ms stopped=1ms",
				"cache resource queued=0s start=0s started=1ms ready=1ms stop=1ms stopped=1ms",
			)
		})
	})
}

// unready is a Server that fails while it is asked whether it is ready.
type unready struct{}

func (*unready) Name() string                  { return "unready" }
func (*unready) Close(context.Context) error   { return nil }
func (*unready) IsReady(context.Context) error { return errRefused }

func (*unready) Listen(context.Context) error {
	time.Sleep(20 * ms)
	return errRefused
}

// listener is a Listener for signals made by hand.
type listener chan os.Signal

func (l listener) Receive() <-chan os.Signal { return l }
func (listener) Stop()                       {}
