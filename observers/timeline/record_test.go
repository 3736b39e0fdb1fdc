package timeline_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/retryevents"
	"github.com/go-fxservices/services/runner"
)

func TestTimelineOfAStart(t *testing.T) {
	t.Run("records every step of a sequence", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r, tl := record()
			time.Sleep(12 * ms)
			db := &loading{slow{name: "db", start: 20 * ms, stop: 3 * ms}}
			broker := &checked{slow: slow{name: "broker", start: 10 * ms, stop: 2 * ms}, after: 7 * ms}
			require.NoError(t, r.Start(t.Context(), db, broker, runner.NewServer("api", nil, nil)))
			time.Sleep(100 * ms)
			require.NoError(t, r.Finish(t.Context()))

			requireHistory(t, tl.Snapshot(),
				"constructed=12ms started=54ms ready=54ms shutdown=154ms stopped=159ms",
				"db resource queued=12ms load=12ms loaded=17ms start=17ms started=37ms ready=37ms stop=156ms stopped=159ms",
				"broker resource queued=12ms start=37ms started=47ms ready=54ms stop=154ms stopped=156ms after=[0]",
				"api server queued=12ms start=54ms started=54ms ready=54ms stop=154ms stopped=154ms after=[1]",
			)
		})
	})

	t.Run("shows services that are still starting", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r, tl := record()
			go func() {
				_ = r.Run(t.Context(), resource("db", 10*ms), &loading{*resource("cache", 10*ms)}, resource("api", 0))
			}()

			time.Sleep(12 * ms)
			loads := tl.Snapshot()
			requireHistory(t, loads,
				"constructed=0s",
				"db resource queued=0s start=0s started=10ms ready=10ms",
				"cache resource queued=0s load=10ms after=[0]",
				"api resource queued=0s after=[1]",
			)
			require.Equal(t, 2*ms, loads.Own(1))
			require.Zero(t, loads.Own(2))
			require.Zero(t, loads.Eligible(2))

			time.Sleep(6 * ms)
			starts := tl.Snapshot()
			require.Equal(t, "cache resource queued=0s load=10ms loaded=15ms start=15ms after=[0]", history(starts)[2])
			require.Equal(t, 8*ms, starts.Own(1))
			require.Equal(t, []int{0, 1}, starts.CriticalPath())
			time.Sleep(time.Second)
		})
	})

	t.Run("records which services failed, were rolled back, or never began", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r, tl := record()
			broker := &slow{name: "broker", start: 5 * ms, startErr: errRefused}
			require.ErrorIs(t, r.Run(t.Context(), resource("db", 10*ms), broker, resource("api", 0)), errRefused)
			time.Sleep(ms)
			require.NoError(t, r.Finish(t.Context()))

			requireHistory(t, tl.Snapshot(),
				"constructed=0s shutdown=15ms stopped=16ms",
				"db resource queued=0s start=0s started=10ms ready=10ms stop=15ms stopped=15ms",
				`broker resource queued=0s start=10ms failed=15ms after=[0] err=start "broker": connection refused`,
				"api resource queued=0s after=[1]",
			)
		})
	})

	t.Run("records which step failed", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r, tl := record(runner.WithStartTimeout(50 * ms))
			never := &checked{slow: *resource("never", 10*ms), after: time.Hour}
			unloaded := &loading{slow{name: "unloaded", loadErr: errRefused}}
			require.Error(t, r.Run(t.Context(), never))
			require.Error(t, r.Run(t.Context(), unloaded))

			require.Equal(t, []string{
				"never resource queued=0s start=0s started=10ms stop=50ms stopped=50ms failed=50ms " +
					`err=ready "never": timed out after 50ms: not yet`,
				`unloaded resource queued=50ms load=50ms failed=55ms err=load "unloaded": connection refused`,
			}, history(tl.Snapshot())[1:])
		})
	})

	t.Run("ends the start of a service that was only loaded with its load", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r, tl := record()
			ctx, cancel := context.WithCancel(t.Context())
			stubborn := runner.NewResource("stubborn", nil, nil)
			loads := &cancelling{Resource: stubborn, cancel: cancel}
			require.ErrorIs(t, r.Run(ctx, loads), context.Canceled)
			time.Sleep(time.Second)

			s := tl.Snapshot()
			require.Equal(t, "stubborn resource queued=0s load=0s loaded=1ms", history(s)[1])
			require.Equal(t, ms, s.Own(0))
		})
	})

	t.Run("counts the attempts", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r, tl := record()
			var db runner.Resource
			db = runner.NewResource("db", func(ctx context.Context) error {
				for n := 1; n <= 3; n++ {
					retryevents.From(ctx).BeforeRetry(ctx, db, n)
					time.Sleep(ms)
				}
				return nil
			}, nil)
			require.NoError(t, r.Run(t.Context(), runner.With(db)))
			require.Equal(t, "db resource queued=0s start=0s started=3ms ready=3ms attempts=3", history(tl.Snapshot())[1])
		})
	})

	t.Run("adds up several Runs", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r, tl := record()
			require.NoError(t, r.Run(t.Context(), resource("db", 10*ms)))
			require.NoError(t, r.Run(t.Context(), resource("cache", 10*ms)))
			requireHistory(t, tl.Snapshot(),
				"constructed=0s started=20ms ready=20ms",
				"db resource queued=0s start=0s started=10ms ready=10ms",
				"cache resource queued=10ms start=10ms started=20ms ready=20ms after=[0]",
			)
		})
	})

	t.Run("counts services as part of the start until a server is up, and later ones as independent", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r, tl := record()
			api := runner.NewServer("api", func(ctx context.Context) error { <-ctx.Done(); return nil }, nil)
			require.NoError(t, r.Start(t.Context(), resource("db", 10*ms)))
			require.NoError(t, r.Start(t.Context(), resource("cache", 10*ms), api))
			time.Sleep(time.Hour)
			require.NoError(t, r.Start(t.Context(), resource("later", 5*ms)))
			s := tl.Snapshot()
			require.Equal(t, map[string][]string{"cache": {"db"}, "api": {"cache"}}, afterOf(s))
			require.Equal(t, []int{0, 1}, s.CriticalPath())
			require.Equal(t, 20*ms, s.Ready.Sub(s.Began))
			require.NoError(t, r.Finish(t.Context()))
		})
	})
}

// cancelling loads for 1 ms, and ends the context of its Run meanwhile.
type cancelling struct {
	runner.Resource
	cancel context.CancelFunc
}

func (c *cancelling) Load(context.Context) error {
	time.Sleep(ms)
	c.cancel()
	return nil
}
