package observers_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zapcore"

	"github.com/go-fxservices/services/internal/eventinfo"
	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

// silent is a service that must not be asked for its name.
type silent struct{}

func (silent) Name() string               { panic("asked") }
func (silent) Load(context.Context) error { return nil }
func (silent) Run(context.Context) error  { return nil }

func (silent) Start(context.Context) error { return nil }
func (silent) Stop(context.Context) error  { return nil }

// silentServer is the same as a server, and cannot be compared.
type silentServer struct{ _ []string }

func (silentServer) Name() string                 { panic("asked") }
func (silentServer) Listen(context.Context) error { return nil }
func (silentServer) Close(context.Context) error  { return nil }

func TestNames(t *testing.T) {
	t.Run("are those that the Runner knows, and no service is asked again", func(t *testing.T) {
		logger, lines := printed(slog.LevelDebug)
		s := observers.NewSlog(logger)
		ctx := eventinfo.With(t.Context(), &eventinfo.Info{Subjects: []eventinfo.Subject{
			{Name: "db", Kind: "resource"}, {Name: "api", Kind: "server"},
		}})

		s.BeforeLoad(ctx, silent{})
		s.AfterLoad(ctx, silent{}, errRefused)
		s.RetryFailed(ctx, silent{}, 1, errRefused, time.Second)
		s.ServerFailed(ctx, silentServer{}, errRefused)
		s.JobDone(ctx, silent{}, nil)
		s.BeforeStop(ctx, silentServer{})
		s.GracePeriodTooShort(ctx, time.Minute, time.Second, []runner.Service{silent{}, silent{}})

		withoutDurations(t, []string{
			`level=INFO msg="service loading" service=db kind=resource`,
			`level=ERROR msg="service load failed" service=db kind=resource error="connection refused"`,
			`level=WARN msg="retrying service" service=db kind=resource attempt=1 pause=1s error="connection refused"`,
			`level=ERROR msg="server failed" service=db kind=resource error="connection refused"`,
			`level=INFO msg="job done" service=db kind=resource`,
			`level=INFO msg="service stopping" service=db kind=resource`,
			`level=WARN msg="grace period too short" need=1m0s have=1s chain="[db api]"`,
		}, lines())
	})
}

func TestApplication(t *testing.T) {
	// changes tells the states to an Observer that logs, each with all that a Runner knows.
	changes := func(t *testing.T, cause error, states ...runner.State) []string {
		logger, lines := printed(slog.LevelInfo)
		s := observers.NewSlog(logger)
		ctx := eventinfo.With(t.Context(), &eventinfo.Info{
			Services: 3, Elapsed: time.Minute, Delay: 5 * time.Second, Cause: cause,
		})
		for _, state := range states {
			s.StateChanged(ctx, state)
		}
		return lines()
	}

	t.Run("is followed from ready to stopped", func(t *testing.T) {
		require.Equal(t, []string{
			`level=INFO msg="application ready" services=3 duration=1m0s`,
			`level=INFO msg="application draining" delay=5s`,
			`level=INFO msg="application stopping" cause="received signal terminated"`,
			`level=INFO msg="application stopped" duration=1m0s`,
		}, changes(t, &runner.SignalError{Signal: syscall.SIGTERM}, runner.StateIdle, runner.StateStarting,
			runner.StateReady, runner.StateDraining, runner.StateStopping, runner.StateStopped))
	})

	t.Run("stops without a cause after Finish", func(t *testing.T) {
		require.Equal(t, []string{
			`level=INFO msg="application ready" services=3 duration=1m0s`,
			`level=INFO msg="application stopping"`,
			`level=INFO msg="application stopped" duration=1m0s`,
		}, changes(t, nil, runner.StateStarting, runner.StateReady, runner.StateStopping, runner.StateStopped))
	})

	t.Run("ends with an error where no line has reported the failure, and with one only", func(t *testing.T) {
		require.Equal(t, []string{
			`level=ERROR msg="application stopping" cause="listen \"api\": connection refused"`,
			`level=INFO msg="application stopped" duration=1m0s`,
		}, changes(t, errAPI, runner.StateStarting, runner.StateStopping, runner.StateStopped))
		require.Equal(t, []string{
			`level=ERROR msg="application draining" cause="connection refused" delay=5s`,
			`level=INFO msg="application stopping" cause="connection refused"`,
			`level=INFO msg="application stopped" duration=1m0s`,
		}, changes(t, errRefused, runner.StateStarting, runner.StateDraining, runner.StateStopping, runner.StateStopped))
	})

	t.Run("stops without an error at the end of a context, and after Finish", func(t *testing.T) {
		for _, cause := range []error{context.Canceled, fmt.Errorf("%w: %w", context.DeadlineExceeded, errRefused)} {
			require.Equal(t, []string{
				fmt.Sprintf("level=INFO msg=%q cause=%q", "application stopping", cause),
			}, changes(t, cause, runner.StateStarting, runner.StateStopping))
		}
		require.Equal(t, []string{
			`level=INFO msg="application stopping"`,
		}, changes(t, runner.ErrFinishing, runner.StateStarting, runner.StateStopping))
	})

	t.Run("stops with an error where a service fails with the end of a context", func(t *testing.T) {
		require.Equal(t, []string{
			`level=ERROR msg="application stopping" cause="run \"db\": context canceled"`,
		}, changes(t, ofDB(runner.OpRun, context.Canceled), runner.StateStarting, runner.StateStopping))
	})

	t.Run("has no line where nothing was started, or not again", func(t *testing.T) {
		require.Equal(t, []string{""}, changes(t, nil, runner.StateStopping, runner.StateStopped))
		require.Equal(t, []string{
			`level=INFO msg="application stopped" duration=1m0s`,
		}, changes(t, nil, runner.StateStarting, runner.StateStopped, runner.StateStopping, runner.StateStopped))
	})

	t.Run("has lines without fields where the Runner says nothing", func(t *testing.T) {
		logger, lines := printed(slog.LevelInfo)
		s := observers.NewSlog(logger)
		for _, state := range []runner.State{runner.StateReady, runner.StateDraining, runner.StateStopping, runner.StateStopped} {
			s.StateChanged(t.Context(), state)
		}
		require.Equal(t, []string{
			`level=INFO msg="application ready"`, `level=INFO msg="application draining"`,
			`level=INFO msg="application stopping"`, `level=INFO msg="application stopped"`,
		}, lines())
	})
}

// pointerError is an error that a nil pointer breaks, in each of its methods.
type pointerError struct{ inner error }

func (e *pointerError) Error() string { return e.inner.Error() }
func (e *pointerError) Unwrap() error { return e.inner }

// panicError is an error that cannot be written.
type panicError struct{}

func (panicError) Error() string { panic("boom") }

func TestErrorsThatPanic(t *testing.T) {
	t.Run("are written without the panic", func(t *testing.T) {
		logger, lines := printed(slog.LevelInfo)
		s := observers.NewSlog(logger)
		s.AfterStart(t.Context(), db, (*pointerError)(nil))
		s.AfterStop(t.Context(), db, panicError{})
		s.StateChanged(eventinfo.With(t.Context(), &eventinfo.Info{}), runner.StateStarting)
		s.StateChanged(eventinfo.With(t.Context(), &eventinfo.Info{Cause: (*pointerError)(nil)}), runner.StateStopping)
		require.Equal(t, []string{
			`level=ERROR msg="service start failed" service=db kind=resource error="<nil *observers_test.pointerError>"`,
			`level=ERROR msg="service stop failed" service=db kind=resource ` +
				`error="error of type observers_test.panicError, whose Error method panics"`,
			`level=ERROR msg="application stopping" cause="<nil *observers_test.pointerError>"`,
		}, lines())
	})

	t.Run("are given to the handler as they are otherwise", func(t *testing.T) {
		logger, logs := observed(zapcore.InfoLevel)
		wrapped := &pointerError{errors.New("busy")}
		observers.NewZap(logger).AfterStart(t.Context(), db, wrapped)
		require.Same(t, wrapped, logs.All()[0].Context[2].Interface)
	})
}
