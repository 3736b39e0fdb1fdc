package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// plugins are services whose stop hangs, each in another place.
var plugins = map[string]func(t *testing.T, j *journal, name string) runner.Service{
	"a Stop": func(t *testing.T, j *journal, name string) runner.Service {
		return j.stopping(name, stuck(t))
	},
	"a Stop in a wrapper, without a stop timeout": func(t *testing.T, j *journal, name string) runner.Service {
		return runner.With(j.stopping(name, stuck(t)), runner.StopTimeout(0))
	},
	"a Close": func(t *testing.T, j *journal, name string) runner.Service {
		return runner.NewServer(name, waits, j.notes("stop "+name, stuck(t)))
	},
	"a Listen": func(t *testing.T, j *journal, name string) runner.Service {
		return runner.NewServer(name, stuck(t), j.notes("stop "+name))
	},
}

// elsewhere begins to stop services which hang, each on a goroutine of its own.
func elsewhere(t *testing.T, r *runner.Runner, services ...runner.Service) {
	t.Helper()
	for _, s := range services {
		async(func() error { return r.Stop(context.WithoutCancel(t.Context()), s) })
	}
	synctest.Wait()
}

// requireAllTold requires that each of the services was told to stop once.
func requireAllTold(t *testing.T, j *journal, names ...string) {
	t.Helper()
	var stops []string
	for _, line := range j.all() {
		if len(line) > 5 && line[:5] == "stop " {
			stops = append(stops, line[5:])
		}
	}
	require.ElementsMatch(t, names, stops)
}

// inTime is how long Finish may last when its deadline is 5 s.
const inTime = 5*time.Second + 250*time.Millisecond

func TestFinishBesideAStopThatHangs(t *testing.T) {
	for kind, hanging := range plugins {
		for mode, opts := range map[string][]runner.StarterOption{
			"one by one":                nil,
			"one by one, past failures": {runner.WithContinueOnStopError()},
			"at the same time":          {runner.WithConcurrency(0), runner.WithContinueOnStopError()},
		} {
			for place := range 3 {
				place := [...]string{"first", "in the middle", "last"}[place]
				inBubble(t, "tells all others: "+kind+", "+mode+", started "+place, func(t *testing.T) {
					var j journal
					r := newRunnerFor(t, opts...)
					plugin := hanging(t, &j, "plugin")
					db, api := j.resource("db"), runner.NewServer("api", waits, j.notes("stop api"))
					order := map[string][]runner.Service{
						"first": {plugin, db, api}, "in the middle": {db, plugin, api}, "last": {db, api, plugin},
					}[place]
					require.NoError(t, r.Start(t.Context(), order...))
					elsewhere(t, r, plugin)
					ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
					defer cancel()
					began := time.Now()
					err := r.Finish(ctx)
					require.LessOrEqual(t, time.Since(began), inTime)
					requireAllTold(t, &j, "plugin", "api", "db")
					require.ErrorContains(t, err, `"plugin"`, "it is named")
				})
			}
		}
	}

	inBubble(t, "tells all others though two hang", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		one, two := j.stopping("one", stuck(t)), runner.With(j.stopping("two", stuck(t)))
		require.NoError(t, r.Start(t.Context(), one, j.resource("db"), two))
		elsewhere(t, r, one, two)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		began := time.Now()
		require.Error(t, r.Finish(ctx))
		require.LessOrEqual(t, time.Since(began), inTime)
		requireAllTold(t, &j, "one", "two", "db")
	})

	inBubble(t, "ends the Runs that serve", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		plugin := runner.NewServer("plugin", waits, j.notes("stop plugin", stuck(t)))
		wait := running(t, r, j.resource("db"), runner.NewServer("api", waits, j.notes("stop api")), plugin)
		elsewhere(t, r, plugin)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		began := time.Now()
		_ = r.Finish(ctx)
		require.LessOrEqual(t, time.Since(began), inTime)
		_ = returns(t, time.Second, wait)
		requireAllTold(t, &j, "plugin", "api", "db")
	})

	inBubble(t, "waits no longer than the stop timeout of what hangs", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t, runner.WithContinueOnStopError())
		plugin := runner.With(j.stopping("plugin", stuck(t)), runner.StopTimeout(10*time.Second))
		require.NoError(t, r.Start(t.Context(), j.resource("db"), runner.NewServer("api", waits, j.notes("stop api")), plugin))
		elsewhere(t, r, plugin)
		began := time.Now()
		time.Sleep(3 * time.Second)
		_ = r.Finish(t.Context())
		require.LessOrEqual(t, time.Since(began), 10*time.Second+grace)
		requireAllTold(t, &j, "plugin", "api", "db")
	})

	inBubble(t, "is cut short by a second signal", func(t *testing.T) {
		var j journal
		l := newFakeListener()
		r := newRunnerFor(t, l.option())
		plugin := j.stopping("plugin", stuck(t))
		require.NoError(t, r.Start(t.Context(), j.resource("db"), runner.NewServer("api", waits, j.notes("stop api")), plugin))
		elsewhere(t, r, plugin)
		wait := async(func() error { return r.Finish(t.Context()) })
		time.Sleep(time.Second)
		l.send(sigterm, sigterm)
		requireSignalError(t, returns(t, 250*time.Millisecond, wait), sigterm)
		requireAllTold(t, &j, "plugin", "api", "db")
	})
}
