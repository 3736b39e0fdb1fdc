package timeline_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/runner"
)

// plain is a service that is no pointer, and goes by its value.
type plain struct{ runner.Resource }

// list is a service that cannot be compared.
type list []string

func (l list) Name() string { return l[0] }

func TestInstances(t *testing.T) {
	ctx := t.Context()
	start := func(tl *timeline.Timeline, s runner.Service) {
		tl.BeforeStart(ctx, s)
		time.Sleep(ms)
		tl.AfterStart(ctx, s, nil)
	}

	t.Run("are different services though they have the same name", func(t *testing.T) {
		synctest.Test(t, func(*testing.T) {
			tl := timeline.New()
			one, other := resource("db", 0), resource("db", 0)
			tl.ServicesQueued(ctx, []runner.Service{one, other})
			start(tl, runner.With(other))
			require.True(t, tl.Snapshot().Services[0].StartBegan.IsZero())
			require.False(t, tl.Snapshot().Services[1].Ready.IsZero())
		})
	})

	t.Run("that are equal take turns", func(t *testing.T) {
		for name, s := range map[string]runner.Service{
			"values": plain{runner.NewResource("db", nil, nil)}, "lists": list{"db"},
		} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					tl := timeline.New()
					tl.ServicesQueued(ctx, []runner.Service{s, s})
					start(tl, s)
					start(tl, s)
					tl.BeforeStop(ctx, s)
					tl.AfterStop(ctx, s, nil)
					kind := runner.KindOf(s)
					requireHistory(t, tl.Snapshot(),
						"constructed=0s",
						words([]string{"db", string(kind), "queued=0s start=0s started=1ms ready=1ms stop=2ms stopped=2ms"}),
						words([]string{"db", string(kind), "queued=0s start=1ms started=2ms ready=2ms after=[0]"}),
					)
				})
			})
		}
	})

	t.Run("that are equal take turns in the newest Run", func(t *testing.T) {
		synctest.Test(t, func(*testing.T) {
			tl := timeline.New()
			same := plain{runner.NewResource("db", nil, nil)}
			tl.ServicesQueued(ctx, []runner.Service{same})
			tl.ServicesQueued(ctx, []runner.Service{same})
			start(tl, same)
			s := tl.Snapshot()
			require.True(t, s.Services[0].Ready.IsZero())
			require.False(t, s.Services[1].Ready.IsZero())
		})
	})

	t.Run("that are equal are all waited for", func(t *testing.T) {
		tl := timeline.New()
		same := plain{runner.NewResource("db", nil, nil)}
		after := runner.With(resource("api", 0), runner.After(same, nil))
		tl.ServicesQueued(ctx, []runner.Service{same})
		tl.ServicesQueued(ctx, []runner.Service{same, same, after})
		require.Equal(t, []int{1, 2}, tl.Snapshot().Services[3].After)
	})

	t.Run("do not start after themselves", func(t *testing.T) {
		tl := timeline.New()
		db := resource("db", 0)
		tl.ServicesQueued(ctx, []runner.Service{runner.With(db, runner.After(db))})
		require.Empty(t, tl.Snapshot().Services[0].After)
	})
}

// renamed is a wrapper with a name of its own.
type renamed struct{ runner.Service }

func (r renamed) Name() string           { return "renamed " + r.Service.Name() }
func (r renamed) Unwrap() runner.Service { return r.Service }

// configOnly is Configurable without being a Service.
type configOnly struct{ _ int }

func (*configOnly) Load(context.Context) error { return nil }

func TestUnqueued(t *testing.T) {
	ctx := t.Context()

	t.Run("services are recorded from their first event on", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			tl := timeline.New()
			db := &loading{slow{name: "db"}}
			time.Sleep(ms)
			tl.BeforeLoad(ctx, db)
			time.Sleep(ms)
			tl.AfterLoad(ctx, db, nil)
			tl.BeforeStart(ctx, renamed{db})
			tl.AfterStart(ctx, renamed{db}, nil)
			tl.BeforeStart(ctx, resource("api", 0))
			requireHistory(t, tl.Snapshot(), "",
				"renamed db resource queued=1ms load=1ms loaded=2ms start=2ms started=2ms ready=2ms",
				"api resource queued=2ms start=2ms after=[0]",
			)
		})
	})

	t.Run("a Configurable need not be a service", func(t *testing.T) {
		tl := timeline.New()
		tl.BeforeLoad(ctx, &configOnly{})
		require.Equal(t, "*timeline_test.configOnly", tl.Snapshot().Services[0].Name)
	})

	t.Run("events of unknown services are passed over", func(t *testing.T) {
		tl := timeline.New()
		db, api := resource("db", 0), runner.NewServer("api", nil, nil)
		tl.AfterStart(ctx, db, nil)
		tl.BeforeReady(ctx, db)
		tl.BeforeRetry(ctx, db, 1)
		tl.BeforeStop(ctx, db)
		tl.AfterStop(ctx, db, nil)
		tl.ServerFailed(ctx, api, errRefused)
		tl.BeforeStart(ctx, db)
		tl.AfterStop(ctx, db, nil)
		tl.AfterStart(ctx, db, nil)
		tl.AfterStart(ctx, db, errRefused)
		s := tl.Snapshot()
		require.Len(t, s.Services, 1)
		require.NoError(t, s.Services[0].Err)
		require.True(t, s.Services[0].Stopped.IsZero())
	})

	t.Run("are left out at the limit", func(t *testing.T) {
		tl := timeline.New(timeline.WithLimit(1))
		tl.BeforeStart(ctx, resource("db", 0))
		tl.BeforeStart(ctx, resource("api", 0))
		s := tl.Snapshot()
		require.Len(t, s.Services, 1)
		require.Equal(t, 1, s.Dropped)
	})
}
