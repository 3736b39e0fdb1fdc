package observers_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/eventinfo"
	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// errAPI is the failure of a server.
var errAPI = &runner.ServiceError{Op: runner.OpListen, Name: "api", Service: api, Err: errRefused}

// ofDB is an error of a step of db.
func ofDB(op runner.Op, err error) error {
	return &runner.ServiceError{Op: op, Name: "db", Service: db, Err: err}
}

var durations = regexp.MustCompile(` duration=\S+`)

// withoutDurations compares lines but for their durations.
func withoutDurations(t *testing.T, want, lines []string) {
	t.Helper()
	for i, line := range lines {
		lines[i] = durations.ReplaceAllString(line, "")
	}
	require.Equal(t, want, lines)
}

func TestOneFailureIsOneError(t *testing.T) {
	ctx := context.Background()
	run := func(t *testing.T, name string, events func(*observers.Slog), want ...string) {
		t.Run(name, func(t *testing.T) {
			logger, lines := printed(slog.LevelInfo)
			events(observers.NewSlog(logger))
			withoutDurations(t, want, lines())
		})
	}

	run(t, "when a server fails, which ends the application and stops the server", func(s *observers.Slog) {
		s.StateChanged(ctx, runner.StateReady)
		s.ServerFailed(ctx, api, errAPI)
		s.StateChanged(eventinfo.With(ctx, &eventinfo.Info{Cause: errAPI}), runner.StateStopping)
		s.AfterStop(ctx, api, errAPI)
	},
		`level=INFO msg="application ready"`,
		`level=ERROR msg="server failed" service=api kind=server error="listen \"api\": connection refused"`,
		`level=INFO msg="application stopping" cause="listen \"api\": connection refused"`,
		`level=INFO msg="service stopped" service=api kind=server`,
	)

	run(t, "though it comes in another error value, and joined", func(s *observers.Slog) {
		s.ServerFailed(ctx, api, errAPI)
		same := *errAPI
		s.AfterStop(ctx, api, errors.Join(&same, context.Canceled))
	},
		`level=ERROR msg="server failed" service=api kind=server error="listen \"api\": connection refused"`,
		`level=INFO msg="service stopped" service=api kind=server`,
	)

	run(t, "when it ends the starts of others", func(s *observers.Slog) {
		s.ServerFailed(ctx, api, errAPI)
		s.AfterStart(ctx, db, ofDB(runner.OpStart, &runner.TimeoutError{Reason: errAPI, Err: context.Canceled}))
	},
		`level=ERROR msg="server failed" service=api kind=server error="listen \"api\": connection refused"`,
		`level=INFO msg="service start failed" service=db kind=resource `+
			`error="start \"db\": listen \"api\": connection refused: context canceled"`,
	)

	run(t, "and a start that a signal, Finish or a graceful Shutdown ends is none", func(s *observers.Slog) {
		s.AfterStart(ctx, db, ofDB(runner.OpStart, &runner.SignalError{Signal: syscall.SIGTERM}))
		s.AfterLoad(ctx, &config{}, ofDB(runner.OpLoad, runner.ErrFinishing))
		s.AfterStart(ctx, db, ofDB(runner.OpStart, fmt.Errorf("%w: %w", context.Canceled, runner.ErrShutdown)))
	},
		`level=INFO msg="service start failed" service=db kind=resource error="start \"db\": received signal terminated"`,
		`level=INFO msg="service load failed" service=*observers_test.config error="load \"db\": runner is finishing"`,
		`level=INFO msg="service start failed" service=db kind=resource error="start \"db\": context canceled: runner was shut down"`,
	)

	run(t, "and neither is one that a signal ends between two attempts", func(s *observers.Slog) {
		s.RetryFailed(ctx, db, 1, errRefused, time.Second)
		s.AfterStart(ctx, db, ofDB(runner.OpStart, &retrier.Error{
			Attempts: 1, Reason: &runner.SignalError{Signal: syscall.SIGTERM}, Err: errRefused,
		}))
	},
		`level=WARN msg="retrying service" service=db kind=resource attempt=1 pause=1s error="connection refused"`,
		`level=INFO msg="service start failed" service=db kind=resource `+
			`error="start \"db\": received signal terminated after 1 attempt: connection refused"`,
	)

	run(t, "when the attempts come to an end", func(s *observers.Slog) {
		s.RetryFailed(ctx, db, 1, errRefused, time.Second)
		s.AfterStart(ctx, db, ofDB(runner.OpStart, &retrier.Error{Attempts: 2, Reason: retrier.ErrGaveUp, Err: errRefused}))
	},
		`level=WARN msg="retrying service" service=db kind=resource attempt=1 pause=1s error="connection refused"`,
		`level=ERROR msg="service start failed" service=db kind=resource `+
			`error="start \"db\": gave up after 2 attempts: connection refused"`,
	)
}

func TestEachFailureIsAnError(t *testing.T) {
	ctx := context.Background()
	terminated := &runner.SignalError{Signal: syscall.SIGTERM}
	stopped := func(err error) func(*observers.Slog) {
		return func(s *observers.Slog) { s.AfterStop(ctx, api, err) }
	}
	for name, event := range map[string]func(*observers.Slog){
		"the close of a server that failed fails too": stopped(errors.Join(errAPI,
			&runner.ServiceError{Op: runner.OpClose, Name: "api", Service: api, Err: errors.New("busy")})),
		"its call was abandoned": stopped(&runner.TimeoutError{Reason: errAPI, Abandoned: true}),
		"it panicked as well":    stopped(errors.Join(errAPI, &runner.PanicError{Value: errAPI})),
		"another service fails with the same error": func(s *observers.Slog) {
			s.AfterStart(ctx, db, ofDB(runner.OpStart, errRefused))
		},
		"the same service fails in another way": stopped(
			&runner.ServiceError{Op: runner.OpListen, Name: "api", Service: api, Err: errors.New("lost")}),
		"a stop is cut short by a signal":   stopped(ofDB(runner.OpStop, terminated)),
		"a start is cancelled by who knows": func(s *observers.Slog) { s.AfterStart(ctx, db, context.Canceled) },
		"a server fails with a signal":      func(s *observers.Slog) { s.ServerFailed(ctx, api, terminated) },
		"an error wraps nothing":            stopped(&pointerError{}),
		"its Unwrap panics":                 stopped((*pointerError)(nil)),
		"it joins nothing":                  stopped(&joined{}),
		"the Runner has stopped in between": func(s *observers.Slog) { s.StateChanged(ctx, runner.StateStopped); s.ServerFailed(ctx, api, errAPI) },
		"its error is a value, not a pointer": func(s *observers.Slog) {
			s.ServerFailed(ctx, api, valueFailure())
			s.AfterStop(ctx, api, valueFailure())
		},
		"many others have failed since then":   func(s *observers.Slog) { failMany(s); s.AfterStop(ctx, api, errAPI) },
		"a job fails":                          func(s *observers.Slog) { s.JobDone(ctx, importer{}, errRefused) },
		"an uncomparable service fails itself": func(s *observers.Slog) { s.AfterStart(ctx, list{"l"}, ofList()) },
	} {
		t.Run("where "+name, func(t *testing.T) {
			logger, lines := printed(slog.LevelError)
			s := observers.NewSlog(logger)
			s.ServerFailed(ctx, api, errAPI)
			before := len(lines())
			event(s)
			require.Greater(t, len(lines()), before)
		})
	}
}

// joined wraps no errors.
type joined struct{}

func (*joined) Error() string   { return "joined" }
func (*joined) Unwrap() []error { return nil }

// value is an error whose values are equal.
type value struct{}

func (value) Error() string { return "value" }

func valueFailure() error {
	return &runner.ServiceError{Op: runner.OpListen, Name: "api", Service: api, Err: value{}}
}

func ofList() error {
	return &runner.ServiceError{Op: runner.OpStart, Name: "l", Service: list{"l"}, Err: errRefused}
}

func failMany(s *observers.Slog) {
	for range 1100 {
		s.ServerFailed(context.Background(), api, ofDB(runner.OpListen, errors.New("lost")))
	}
}
