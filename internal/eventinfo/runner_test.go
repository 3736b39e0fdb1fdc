package eventinfo_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-fxservices/services/internal/eventinfo"
	"github.com/go-fxservices/services/internal/retryevents"
	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shy is a service with all calls that gives its name once.
type shy struct {
	runner.Resource
	asked int
}

func (s *shy) Name() string {
	if s.asked++; s.asked > 1 {
		panic("asked again")
	}
	return "db"
}

func (*shy) Load(context.Context) error    { return nil }
func (*shy) IsReady(context.Context) error { return nil }

func (s *shy) Start(ctx context.Context) error {
	retryevents.From(ctx).BeforeRetry(ctx, s, 1)
	retryevents.From(ctx).RetryFailed(ctx, s, 1, errors.New("busy"), time.Second)
	return nil
}

// observe returns an Observer that notes the services of each event as the context describes them.
func observe(events *[]string) observers.Funcs {
	note := func(ctx context.Context, event string) {
		*events = append(*events, fmt.Sprint(event, " ", eventinfo.From(ctx).Subjects))
	}
	return observers.Funcs{
		OnServicesQueued: func(ctx context.Context, _ []runner.Service) { note(ctx, "queued") },
		OnBeforeLoad:     func(ctx context.Context, _ runner.Configurable) { note(ctx, "before load") },
		OnAfterLoad:      func(ctx context.Context, _ runner.Configurable, _ error) { note(ctx, "after load") },
		OnBeforeStart:    func(ctx context.Context, _ runner.Service) { note(ctx, "before start") },
		OnBeforeRetry:    func(ctx context.Context, _ runner.Service, _ int) { note(ctx, "before retry") },
		OnRetryFailed: func(ctx context.Context, _ runner.Service, _ int, _ error, _ time.Duration) {
			note(ctx, "retry failed")
		},
		OnBeforeReady:  func(ctx context.Context, _ runner.Service) { note(ctx, "before ready") },
		OnAfterStart:   func(ctx context.Context, _ runner.Service, _ error) { note(ctx, "after start") },
		OnServerFailed: func(ctx context.Context, _ runner.Server, _ error) { note(ctx, "failed") },
		OnBeforeStop:   func(ctx context.Context, _ runner.Service) { note(ctx, "before stop") },
		OnAfterStop:    func(ctx context.Context, _ runner.Service, _ error) { note(ctx, "after stop") },
	}
}

func TestEventsOfARunner(t *testing.T) {
	t.Run("describe their services, which are asked once", func(t *testing.T) {
		var events []string
		r := runner.NewRunner(runner.WithSignals(), runner.WithObserver(observe(&events)))
		require.NoError(t, r.Run(t.Context(), &shy{Resource: runner.NewResource("", nil, nil)}))
		require.NoError(t, r.Finish(t.Context()))
		var want []string
		for _, event := range []string{
			"queued", "before load", "after load", "before start", "before retry", "retry failed", "before ready",
			"after start", "before stop", "after stop",
		} {
			want = append(want, event+" [{db resource [] }]")
		}
		require.Equal(t, want, events)
	})

	t.Run("describe the order of a Run, and the server that failed", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var events []string
			r := runner.NewRunner(runner.WithSignals(), runner.WithObserver(observe(&events)))
			db := runner.NewResource("db", nil, nil)
			api := runner.NewServer("api", func(context.Context) error {
				time.Sleep(time.Second)
				return errors.New("boom")
			}, nil)
			require.Error(t, r.Run(t.Context(), db, runner.With(api, runner.After(db), runner.Barrier("by hand"))))
			require.NoError(t, r.Finish(t.Context()))
			require.Equal(t, []string{
				"queued [{db resource [] } {api server [db] by hand}]",
				"before start [{db resource [] }]", "after start [{db resource [] }]",
				"before start [{api server [db] by hand}]", "after start [{api server [db] by hand}]",
				"failed [{api server [db] by hand}]",
				"before stop [{api server [db] by hand}]", "after stop [{api server [db] by hand}]",
				"before stop [{db resource [] }]", "after stop [{db resource [] }]",
			}, events)
		})
	})
}

func TestStatesOfARunner(t *testing.T) {
	t.Run("say how many services are up, since when, and why they end", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var states []string
			r := runner.NewRunner(runner.WithSignals(), runner.WithDrainDelay(5*time.Second), runner.WithObserver(observers.Funcs{
				OnStateChanged: func(ctx context.Context, state runner.State) {
					info := eventinfo.From(ctx)
					states = append(states, fmt.Sprintf("%v: %d services, %v, delay %v, cause %v",
						state, info.Services, info.Elapsed, info.Delay, info.Cause))
				},
			}))
			db := runner.NewResource("db", func(context.Context) error {
				time.Sleep(time.Second)
				return nil
			}, nil)
			require.NoError(t, r.Start(t.Context(), db, runner.NewServer("api", nil, nil)))
			require.NoError(t, r.Finish(t.Context()))
			require.Equal(t, []string{
				"starting: 0 services, 0s, delay 0s, cause <nil>",
				"ready: 2 services, 1s, delay 0s, cause <nil>",
				"draining: 2 services, 1s, delay 5s, cause runner is finishing",
				"stopping: 2 services, 6s, delay 0s, cause runner is finishing",
				"stopped: 0 services, 6s, delay 0s, cause runner is finishing",
			}, states)
		})
	})
}
