package runner_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// endedWith are what code returns whose context has ended.
var endedWith = map[string]call{
	"its error": waits,
	"its cause": func(ctx context.Context) error { <-ctx.Done(); return context.Cause(ctx) },
	"what wraps its cause": func(ctx context.Context) error {
		<-ctx.Done()
		return fmt.Errorf("dial: %w", context.Cause(ctx))
	},
	"both": func(ctx context.Context) error {
		<-ctx.Done()
		return fmt.Errorf("%w: %w", ctx.Err(), context.Cause(ctx))
	},
}

func newBuffered() buffered { return make(buffered, 3) }

// requireSaidOnce requires that no line of the text of err names the signal twice.
func requireSaidOnce(t *testing.T, err error) {
	t.Helper()
	requireSignalError(t, err, sigterm)
	said := (&runner.SignalError{Signal: sigterm}).Error()
	for line := range strings.Lines(err.Error()) {
		require.LessOrEqual(t, strings.Count(line, said), 1, err.Error())
	}
}

func TestSignalIsSaidOnce(t *testing.T) {
	for name, returns := range endedWith {
		for step, make := range map[string]func(call) runner.Service{
			"Load":    func(step call) runner.Service { return loading(runner.NewResource("db", nil, nil), step) },
			"Start":   func(step call) runner.Service { return runner.NewResource("db", step, nil) },
			"IsReady": func(step call) runner.Service { return checked(runner.NewResource("db", nil, nil), step) },
		} {
			guarded(t, "when "+step+" returns "+name, func(t *testing.T) {
				signals := newFakeListener()
				r := newRunner(signals.option(), runner.WithStartTimeout(time.Minute))
				wait := running(t, r, make(returns))
				signals.terminate()
				requireSaidOnce(t, wait())
				finish(t, r)
			})
		}

		for step, make := range map[string]func(call) runner.Service{
			"Stop":   func(step call) runner.Service { return runner.NewResource("db", nil, step) },
			"Close":  func(step call) runner.Service { return runner.NewServer("db", untilEnd, step) },
			"Listen": func(step call) runner.Service { return runner.NewServer("db", step, untilEnd) },
		} {
			for how, opts := range map[string][]runner.StarterOption{
				"":                         nil,
				", and others are stopped": {runner.WithContinueOnStopError()},
			} {
				guarded(t, "when a second one cuts short, and "+step+" returns "+name+how, func(t *testing.T) {
					signals := newBuffered()
					r := newRunner(append(opts, runner.WithListenerBuilder(func() runner.Listener { return signals }))...)
					startUp(t, r, runner.NewResource("cache", nil, nil), make(returns))
					for range 2 {
						time.AfterFunc(time.Second, func() { signals <- sigterm })
					}
					requireSaidOnce(t, r.Finish(t.Context()))
				})
			}
		}
	}

	guarded(t, "when what does not return is abandoned", func(t *testing.T) {
		signals := newBuffered()
		r := newRunner(runner.WithListenerBuilder(func() runner.Listener { return signals }))
		startUp(t, r, runner.NewResource("db", nil, stuck(t)), runner.NewServer("api", stuck(t), stuck(t)))
		for range 2 {
			time.AfterFunc(time.Second, func() { signals <- sigterm })
		}
		requireSaidOnce(t, r.Finish(t.Context()))
	})

	t.Run("in the error of a step that returns it, whatever the step is", func(t *testing.T) {
		signaled := &runner.SignalError{Signal: os.Interrupt}
		timeout := &runner.TimeoutError{Reason: signaled, Err: signaled}
		require.EqualError(t, timeout, "received signal interrupt")
		wrapped := &runner.TimeoutError{Reason: signaled, Err: fmt.Errorf("dial: %w", signaled)}
		require.Equal(t, 1, strings.Count(wrapped.Error(), "received signal interrupt"), wrapped.Error())
	})
}
