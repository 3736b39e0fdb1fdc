package runner_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// hostileError is an error whose methods do something to whoever calls them.
type hostileError struct {
	act  func()
	into error
}

func (e *hostileError) Error() string   { e.act(); return "hostile" }
func (e *hostileError) Is(error) bool   { e.act(); return false }
func (e *hostileError) Unwrap() []error { e.act(); return []error{e.into} }

// The Runner calls no method of an error of a service in a place where a panic of it, or a lock, could stop the Runner.
// This is not for bubbles, which wait for a mutex for ever.
func TestErrorWithHostileMethods(t *testing.T) {
	for name, act := range map[string]func(r *runner.Runner) func(){
		"that ask the Runner": func(r *runner.Runner) func() { return func() { _, _ = r.Services(), r.State() } },
		"that panic":          func(*runner.Runner) func() { return func() { panic("kaboom") } },
	} {
		for step, make := range map[string]func(fail call) runner.Service{
			"Start":   func(fail call) runner.Service { return runner.NewResource("db", fail, nil) },
			"IsReady": func(fail call) runner.Service { return checked(runner.NewResource("db", nil, nil), fail) },
			"Listen":  func(fail call) runner.Service { return runner.NewServer("db", fail, nil) },
			"Listen, after Close,": func(fail call) runner.Service {
				return runner.NewServer("db", func(ctx context.Context) error { <-ctx.Done(); return fail(ctx) }, nil)
			},
			"Close": func(fail call) runner.Service { return runner.NewServer("db", nil, fail) },
			"Stop":  func(fail call) runner.Service { return runner.NewResource("db", nil, fail) },
		} {
			t.Run("of "+step+" "+name, func(t *testing.T) {
				var j journal
				r := newRunner(runner.WithStartTimeout(100*time.Millisecond), runner.WithContinueOnStopError())
				hostile := &hostileError{act: act(r), into: errBoom}
				require.NoError(t, r.Run(t.Context(), j.resource("first")))
				ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
				defer cancel()
				run := returnsNotNil(t, func() error { return r.Run(ctx, make(fails(hostile))) })
				ended := returnsNotNil(t, func() error { return r.Finish(t.Context()) })
				require.True(t, run || ended, "the error is lost")
				_ = r.Finish(t.Context())
				require.Equal(t, []string{"start first", "stop first"}, j.all())
			})
		}
	}
}

// returnsNotNil reports whether fn returned an error, at which it does not look.
func returnsNotNil(t *testing.T, fn func() error) bool {
	t.Helper()
	failed := make(chan bool, 1)
	go func() {
		defer func() {
			if panicked := recover(); panicked != nil {
				t.Errorf("panicked: %v", panicked)
				failed <- false
			}
		}()
		failed <- fn() != nil
	}()
	select {
	case failed := <-failed:
		return failed
	case <-time.After(5 * time.Second):
		require.FailNow(t, "it has not returned")
		return false
	}
}
