package fxservices_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// delays is a configuration.
type delays struct{ drain, stop time.Duration }

func TestConfigure(t *testing.T) {
	drainOf := func(d *delays) fxservices.Option { return fxservices.DrainDelay(d.drain) }
	stopOf := func(d *delays) ([]fxservices.Option, error) {
		return []fxservices.Option{fxservices.StopTimeout(d.stop), nil}, nil
	}

	inBubble(t, "applies options that come from the container, after those of Module", func(t *testing.T) {
		j := &journal{}
		app := j.application(module(fxservices.DrainDelay(time.Hour), fxservices.StopTimeout(time.Hour)), cacheThat(nothing, waits),
			fx.Supply(&delays{drain: 5 * time.Second, stop: 2 * time.Second}), fxservices.Configure(drainOf, stopOf), fxservices.Provide(NewAPI))
		require.NoError(t, app.Start(t.Context()))
		took, err := stop(t, app)
		require.ErrorContains(t, err, `stop "db": timed out after 2s`)
		require.Equal(t, 7*time.Second, took)
	})

	inBubble(t, "applies the later ones after the earlier ones", func(t *testing.T) {
		stopAfter := func(d time.Duration) any { return func() fxservices.Option { return fxservices.StopTimeout(d) } }
		app := (&journal{}).build(t, cacheThat(nothing, waits), fxservices.Configure(stopAfter(3*time.Second), stopAfter(2*time.Second)),
			fxservices.Configure(stopAfter(time.Second)))
		require.NoError(t, app.Start(t.Context()))
		took, _ := stop(t, app)
		require.Equal(t, time.Second, took)
	})

	inBubble(t, "counts as a stop timeout of Module, whatever fx allows", func(t *testing.T) {
		app := (&journal{}).application(module(), cacheThat(nothing, waits), fx.Supply(&delays{stop: 2 * time.Second}),
			fxservices.Configure(stopOf), fx.StopTimeout(time.Minute))
		require.NoError(t, app.Start(t.Context()))
		took, _ := stop(t, app)
		require.Equal(t, 2*time.Second, took)
	})

	t.Run("lets a configuration need the lifecycle", func(t *testing.T) {
		newDelays := func(j *journal, lc fx.Lifecycle) *delays {
			lc.Append(fx.StartHook(func() { j.Note("configured") }))
			return &delays{}
		}
		require.Equal(t, "configured, listen api, close api",
			live(t, fx.Provide(newDelays), fx.Invoke(func(*delays) {}), fxservices.Configure(drainOf), fxservices.Provide(NewAPI)))
	})

	t.Run("changes the number of Concurrent, but does not begin it", func(t *testing.T) {
		limit := func() fxservices.Option { return fxservices.Concurrent(2) }
		app := (&journal{}).application(module(fxservices.Concurrent()), fxservices.Configure(limit))
		require.NoError(t, app.Err())
		const refused = "fxservices.Configure: Concurrent must be an option of Module"
		require.ErrorContains(t, refusal(t, fxservices.Configure(limit)), refused)
		byRunner := func() fxservices.Option { return fxservices.WithRunner(runner.WithConcurrency(0)) }
		require.ErrorContains(t, refusal(t, fxservices.Configure(byRunner)), refused)
		twice := func() fxservices.Option { return fxservices.Concurrent(1, 2) }
		require.ErrorContains(t, refusal(t, fxservices.Configure(twice)), "takes at most one number, got 2")
	})

	t.Run("refuses what is no constructor of options", func(t *testing.T) {
		newNothing := func() *delays { return nil }
		failing := func() (fxservices.Option, error) { return nil, errors.New("no configuration") }
		for says, arg := range map[string]any{
			"argument 1: must be a constructor, got <nil>":                                      nil,
			location(newNothing) + ") must return one fxservices.Option or []fxservices.Option": newNothing,
			location(failing) + "): no configuration":                                           failing,
			"must be a constructor, got a fxservices.Option: give it to Module":                 fxservices.DrainDelay(1),
		} {
			require.ErrorContains(t, refusal(t, fxservices.Configure(arg)), says)
		}
	})
}
