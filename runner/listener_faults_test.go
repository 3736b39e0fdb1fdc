package runner_test

import (
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// faultyListener is a Listener whose methods do more than that.
type faultyListener struct {
	signals       chan os.Signal
	receive, stop func()
}

func (l *faultyListener) Receive() <-chan os.Signal {
	do(l.receive)
	return l.signals
}

func (l *faultyListener) Stop() { do(l.stop) }

// once returns what does fn the first time only.
func once(fn func()) func() {
	return func() {
		if fn != nil {
			first := fn
			fn = nil
			first()
		}
	}
}

func TestListenerThatFails(t *testing.T) {
	for crash, do := range map[string]func(){
		"panics":               func() { panic("kaboom") },
		"panics with an error": func() { panic(errBoom) },
		"panics with nil":      func() { panic(nil) },
		"ends its goroutine":   runtime.Goexit,
	} {
		guarded(t, "to stop, since it "+crash+", keeps no later Run from starting", func(t *testing.T) {
			var j journal
			fail := once(do)
			r := newRunner(runner.WithListenerBuilder(func() runner.Listener { return &faultyListener{stop: fail} }))
			for range 2 {
				require.NoError(t, returnsIn(t, time.Minute, func() error { return r.Run(t.Context(), j.resource("db")) }))
				err := returnsIn(t, time.Minute, func() error { return recovering(func() error { return r.Finish(t.Context()) }) })
				require.NotErrorIs(t, err, errPanicked)
				require.Equal(t, runner.StateStopped, r.State())
			}
			require.Equal(t, []string{"start db", "stop db", "start db", "stop db"}, j.all())
		})

		for method, listener := range map[string]func(func()) func() runner.Listener{
			"Receive": func(fail func()) func() runner.Listener {
				return func() runner.Listener { return &faultyListener{receive: fail} }
			},
			"its builder": func(fail func()) func() runner.Listener { return func() runner.Listener { fail(); return nil } },
		} {
			guarded(t, "to listen, since "+method+" "+crash+", is an error of Run and starts nothing", func(t *testing.T) {
				var j journal
				r := newRunner(runner.WithListenerBuilder(listener(once(do))))
				err := returnsIn(t, time.Minute, func() error { return recovering(func() error { return r.Run(t.Context(), j.resource("db")) }) })
				require.Error(t, err)
				require.NotErrorIs(t, err, errPanicked)
				require.Empty(t, j.all())
				require.NoError(t, returnsIn(t, time.Minute, func() error { return r.Run(t.Context(), j.resource("db")) }))
				finish(t, r)
			})
		}
	}
}
