package runner_test

import (
	"context"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// pathError is an error that cannot be asked for its text, nor for what it wraps, when it is nil.
type pathError struct {
	path string
	err  error
}

func (e *pathError) Error() string { return e.path + ": " + e.err.Error() }
func (e *pathError) Unwrap() error { return e.err }

// listError is an error that is no pointer, and cannot be asked for its text when it is empty.
type listError []error

func (e listError) Error() string { return e[0].Error() }

// nilErrors are errors around nil, as code returns them that has a variable of a type of its own.
var nilErrors = []error{(*pathError)(nil), listError(nil), (*net.OpError)(nil), (*runner.ServiceError)(nil), (*runner.TimeoutError)(nil), (*runner.PanicError)(nil)}

func TestNilErrorOfAType(t *testing.T) {
	for step, make := range map[string]func(fail call) runner.Service{
		`load "db"`:   func(fail call) runner.Service { return loading(runner.NewResource("db", nil, nil), fail) },
		`start "db"`:  func(fail call) runner.Service { return runner.NewResource("db", fail, nil) },
		`ready "db"`:  func(fail call) runner.Service { return checked(runner.NewResource("db", nil, nil), fail) },
		`listen "db"`: func(fail call) runner.Service { return runner.NewServer("db", fail, nil) },
		`close "db"`:  func(fail call) runner.Service { return runner.NewServer("db", nil, fail) },
		`stop "db"`:   func(fail call) runner.Service { return runner.NewResource("db", nil, fail) },
	} {
		for when, code := range map[string]func(err error) call{
			"at once":                    fails,
			"when its context has ended": func(err error) call { return listening(err) },
		} {
			for _, nothing := range nilErrors {
				guarded(t, fmt.Sprintf("counts as one, and reads as its type: %T of %s %s", nothing, step, when), func(t *testing.T) {
					r := newRunner(runner.WithStartTimeout(time.Second), runner.WithStopTimeout(time.Second))
					ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
					defer cancel()
					err := r.Run(ctx, make(code(nothing)))
					if err == nil || err == context.DeadlineExceeded { //nolint:errorlint // callers look for causes later
						err = r.Finish(t.Context())
					}
					require.Error(t, err)
					var text string
					require.NotPanics(t, func() { text = err.Error() })
					require.Contains(t, text, step+": ")
					require.Contains(t, text, fmt.Sprintf("%T", nothing))
					require.NotContains(t, text, "PANIC")
					require.NotPanics(t, func() { require.NotErrorIs(t, err, errOther) }, "callers look for causes")
					_ = r.Finish(t.Context())
				})
			}
		}
	}
}
