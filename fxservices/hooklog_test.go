package fxservices_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"

	"github.com/go-fxservices/services/fxservices"
)

// hookEvents is a logger of fx that writes down the events of hooks.
type hookEvents struct{ lines []string }

func (l *hookEvents) LogEvent(event fxevent.Event) {
	add := func(what, function, caller string, took time.Duration, err error) {
		short := func(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }
		if !strings.HasPrefix(short(function), "fxservices.(*app)") {
			l.lines = append(l.lines, fmt.Sprintf("%s %s by %s: %v, %v", what, short(function), short(caller), took, err))
		}
	}
	switch e := event.(type) {
	case *fxevent.OnStartExecuting:
		add("starting", e.FunctionName, e.CallerName, 0, nil)
	case *fxevent.OnStartExecuted:
		add("started", e.FunctionName, e.CallerName, e.Runtime, e.Err)
	case *fxevent.OnStopExecuting:
		add("stopping", e.FunctionName, e.CallerName, 0, nil)
	case *fxevent.OnStopExecuted:
		add("stopped", e.FunctionName, e.CallerName, e.Runtime, e.Err)
	}
}

type hookedValue struct{}

func startsInASecond(context.Context) error {
	time.Sleep(time.Second)
	return nil
}

func failsToStop() error { return errBoom }

func newHookedValue(lc fx.Lifecycle) *hookedValue {
	lc.Append(fx.Hook{OnStart: startsInASecond})
	lc.Append(fx.StopHook(failsToStop))
	return &hookedValue{}
}

func TestHooksInTheLogOfFx(t *testing.T) {
	inBubble(t, "are told as fx tells its own", func(t *testing.T) {
		lives := func(opts ...fx.Option) []string {
			log := &hookEvents{}
			app := fx.New(fx.WithLogger(func() fxevent.Logger { return log }), fx.Provide(newHookedValue), needing[*hookedValue](), fx.Options(opts...))
			require.NoError(t, app.Start(t.Context()))
			require.ErrorIs(t, app.Stop(t.Context()), errBoom)
			return log.lines
		}
		want := lives()
		require.Equal(t, []string{
			"starting fxservices_test.startsInASecond() by fxservices_test.newHookedValue: 0s, <nil>",
			"started fxservices_test.startsInASecond() by fxservices_test.newHookedValue: 1s, <nil>",
			"stopping fxservices_test.failsToStop() by fxservices_test.newHookedValue: 0s, <nil>",
			"stopped fxservices_test.failsToStop() by fxservices_test.newHookedValue: 0s, boom",
		}, want)
		require.Equal(t, want, lives(module()))
		require.Equal(t, want, lives(module(fxservices.Concurrent())))
	})

	inBubble(t, "that panic or end their goroutine are told, too", func(t *testing.T) {
		for _, unwinds := range []func(context.Context) error{
			panics("oops"),
			func(context.Context) error { runtime.Goexit(); return nil },
		} {
			log := &hookEvents{}
			app := fx.New(fx.WithLogger(func() fxevent.Logger { return log }), module(),
				fx.Invoke(func(lc fx.Lifecycle) { lc.Append(fx.Hook{OnStart: unwinds}) }))
			require.Error(t, app.Start(t.Context()))
			require.Len(t, log.lines, 2)
			require.Contains(t, log.lines[1], "the hook panicked or called runtime.Goexit")
		}
	})
}

func TestJoinedErrors(t *testing.T) {
	t.Run("are found one by one, as multierr finds those of fx", func(t *testing.T) {
		app := (&journal{}).build(t, fx.Invoke(func(lc fx.Lifecycle) {
			lc.Append(fx.StopHook(failsToStop))
			lc.Append(fx.StopHook(failsToStop))
			lc.Append(fx.StartHook(failsToStop))
		}))
		var joined interface{ Errors() []error }
		require.ErrorAs(t, app.Start(t.Context()), &joined)
		require.Len(t, joined.Errors(), 3)
	})
}
