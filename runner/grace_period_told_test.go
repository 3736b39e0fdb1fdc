package runner_test

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/eventinfo"
	"github.com/go-fxservices/services/runner"
)

// periodWitness notes what does not fit into a grace period.
type periodWitness struct {
	nobody
	*journal
}

func (w periodWitness) GracePeriodTooShort(ctx context.Context, need, have time.Duration, chain []runner.Service) {
	var names []string
	for i, s := range chain {
		subject, _ := eventinfo.From(ctx).Subject(i)
		if names = append(names, s.Name()); subject.Name != s.Name() {
			w.note("%s is called %q", s.Name(), subject.Name)
		}
	}
	w.note("%v of %v: %s", need, have, strings.Join(names, " "))
}

// timed returns a Resource that takes at most d to stop.
func timed(name string, d time.Duration) runner.Service {
	return runner.With(runner.NewResource(name, nil, nil), runner.StopTimeout(d))
}

// timedServer returns a Server that takes at most d to close, after others.
func timedServer(name string, d time.Duration, after ...runner.Service) runner.Service {
	return runner.With(runner.NewServer(name, untilEnd, nil), runner.StopTimeout(d), runner.After(after...))
}

// toldOf starts services, each group in a Run or Start, and returns what Observers hear of their grace period of 1 min.
func toldOf(t *testing.T, opts []runner.StarterOption, start ...func(*testing.T, *runner.Runner)) []string {
	t.Helper()
	var j journal
	r := newRunner(append([]runner.StarterOption{
		runner.WithGracePeriod(time.Minute), runner.WithObserver(periodWitness{journal: &j}),
	}, opts...)...)
	for _, start := range start {
		start(t, r)
	}
	_ = r.Finish(t.Context()) // a drain may be cut short
	return j.all()
}

// startsUp starts services.
func startsUp(services ...runner.Service) func(*testing.T, *runner.Runner) {
	return func(t *testing.T, r *runner.Runner) { require.NoError(t, r.Start(t.Context(), services...)) }
}

// runsIn runs services.
func runsIn(services ...runner.Service) func(*testing.T, *runner.Runner) {
	return func(t *testing.T, r *runner.Runner) { running(t, r, services...) }
}

func TestGracePeriodTooShort(t *testing.T) {
	db, cache := timed("db", 20*time.Second), timed("cache", 30*time.Second)
	slow, quick := timedServer("slow", 25*time.Second), timedServer("quick", time.Second)
	behind := timedServer("behind", 25*time.Second, slow)
	all := []runner.StarterOption{runner.WithConcurrency(0)}
	for name, test := range map[string]struct {
		opts  []runner.StarterOption
		start []func(*testing.T, *runner.Runner)
		want  []string
	}{
		"says nothing of what fits": {start: []func(*testing.T, *runner.Runner){runsIn(timed("db", 29*time.Second), slow)}},
		"keeps the margin":          {start: []func(*testing.T, *runner.Runner){runsIn(timed("db", 30*time.Second), slow)}, want: []string{"55s of 1m0s: slow db"}},
		"takes the slowest of Servers that a Run closes": {
			start: []func(*testing.T, *runner.Runner){runsIn(db, cache, quick, slow)}, want: []string{"1m15s of 1m0s: slow cache db"},
		},
		"takes Servers that close after others one by one": {
			start: []func(*testing.T, *runner.Runner){runsIn(db, quick, slow, behind)}, want: []string{"1m10s of 1m0s: behind slow db"},
		},
		"takes all that Finish stops one by one": {
			start: []func(*testing.T, *runner.Runner){startsUp(db, quick, slow, cache)}, want: []string{"1m16s of 1m0s: cache slow quick db"},
		},
		"counts the default": {
			opts:  []runner.StarterOption{runner.WithStopTimeout(61 * time.Second)},
			start: []func(*testing.T, *runner.Runner){startsUp(runner.NewResource("db", nil, nil))}, want: []string{"1m1s of 1m0s: db"},
		},
		"counts the drain delay": {
			opts:  []runner.StarterOption{runner.WithDrainDelay(40 * time.Second)},
			start: []func(*testing.T, *runner.Runner){startsUp(db)}, want: []string{"1m0s of 1m0s: db"},
		},
		"needs no service but the drain delay": {
			opts:  []runner.StarterOption{runner.WithDrainDelay(70 * time.Second)},
			start: []func(*testing.T, *runner.Runner){startsUp()}, want: []string{"1m10s of 1m0s: "},
		},
		"has no place for a service without a stop timeout": {
			start: []func(*testing.T, *runner.Runner){startsUp(db, timed("forever", 0), cache)},
			want:  []string{time.Duration(math.MaxInt64).String() + " of 1m0s: cache forever db"},
		},
		"takes the longest branch of a graph": {
			opts: all,
			start: []func(*testing.T, *runner.Runner){startsUp(db, cache,
				runner.With(timed("a", 35*time.Second), runner.After(cache)), runner.With(timed("b", 44*time.Second), runner.After(db)))},
			want: []string{"1m5s of 1m0s: a cache"},
		},
		"says nothing where all stop at the same time": {opts: all, start: []func(*testing.T, *runner.Runner){startsUp(db, cache, timed("c", 54*time.Second))}},
		"knows who waits where only some stop at the same time": {
			opts:  []runner.StarterOption{runner.WithConcurrency(2)},
			start: []func(*testing.T, *runner.Runner){startsUp(timed("a", 40*time.Second), timed("b", 30*time.Second), timed("c", 10*time.Second), timed("d", 25*time.Second))},
			want:  []string{"1m5s of 1m0s: d a"},
		},
		"adds what earlier Runs have started": {
			start: []func(*testing.T, *runner.Runner){runsIn(db, cache), runsIn(slow)}, want: []string{"1m15s of 1m0s: slow cache db"},
		},
		"adds what earlier Runs have started, the newest first": {
			opts:  all,
			start: []func(*testing.T, *runner.Runner){startsUp(db, cache), startsUp(timed("c", 35*time.Second))}, want: []string{"1m5s of 1m0s: c cache"},
		},
		"takes the slowest Server of all Runs": {
			start: []func(*testing.T, *runner.Runner){runsIn(db, slow), runsIn(timedServer("slower", 40*time.Second), quick)},
			want:  []string{"1m0s of 1m0s: slower db"},
		},
		"is said once": {start: []func(*testing.T, *runner.Runner){startsUp(db, cache, timed("c", 10*time.Second)), startsUp(timed("d", 90*time.Second))}, want: []string{"1m0s of 1m0s: c cache db"}},
		"forgets what has stopped": {start: []func(*testing.T, *runner.Runner){
			startsUp(db), func(t *testing.T, r *runner.Runner) { require.NoError(t, r.Stop(t.Context(), db)) }, startsUp(cache, timed("c", 20*time.Second)),
		}},
		"is said again in another life": {
			start: []func(*testing.T, *runner.Runner){startsUp(timed("d", 90*time.Second)), func(t *testing.T, r *runner.Runner) { finish(t, r) }, startsUp(timed("d", 70*time.Second))},
			want:  []string{"1m30s of 1m0s: d", "1m10s of 1m0s: d"},
		},
		"is not said of none": {
			opts: []runner.StarterOption{runner.WithGracePeriod(0)}, start: []func(*testing.T, *runner.Runner){startsUp(timed("d", 90*time.Second))},
		},
	} {
		inBubble(t, name, func(t *testing.T) {
			require.Equal(t, test.want, toldOf(t, test.opts, test.start...))
		})
	}

	inBubble(t, "comes before anything starts, and counts Jobs and what another Run is starting", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithGracePeriod(time.Minute), runner.WithObserver(periodWitness{journal: &j}))
		first := async(func() error {
			return r.Run(t.Context(), j.resource("slow", takes(time.Second)), timed("db", 30*time.Second))
		})
		time.Sleep(time.Millisecond)
		second := running(t, r, runner.With(j.job("import", takes(time.Minute)), runner.StopTimeout(25*time.Second)))
		require.NoError(t, first())
		require.NoError(t, second())
		finish(t, r)
		require.Equal(t, []string{"start slow", "1m10s of 1m0s: import db slow", "run import", "stop slow"}, j.all())
	})
}
