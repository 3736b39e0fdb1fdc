package wiring

import (
	"context"
	"os"
	"os/signal"

	"github.com/go-fxservices/services/runner"
)

// Guard catches one signal before the Runner listens for signals itself, so that none is lost in between.
//
//	building ── EndBuild ──▶ starting ── Release ──▶ released
//
// While the container builds the application, nothing can be cancelled and nothing has to be stopped: the first signal ends
// the context, and a second one has the default action of the system. After that a signal is kept until Release.
type Guard struct {
	ctx     context.Context // ends with the caller's context, or with a *runner.SignalError as its cause
	cancel  context.CancelCauseFunc
	signals chan os.Signal
	built   chan struct{} // closed by EndBuild
	done    chan struct{} // closed when watch has returned
	caught  error         // a *runner.SignalError; of watch until done is closed
}

// GuardSignals returns a Guard that catches signals, but for those that the process ignores, until it is closed.
func GuardSignals(ctx context.Context, signals []os.Signal) *Guard {
	g := &Guard{signals: make(chan os.Signal, 1), built: make(chan struct{}), done: make(chan struct{})}
	g.ctx, g.cancel = context.WithCancelCause(ctx)
	for _, sig := range signals {
		if !signal.Ignored(sig) {
			signal.Notify(g.signals, sig)
		}
	}
	go g.watch()
	return g
}

func (g *Guard) watch() {
	defer close(g.done)
	select {
	case sig := <-g.signals:
		signal.Stop(g.signals)
		g.catch(sig)
	case <-g.built:
	}
}

// Context returns the context of the start. It ends with a signal.
func (g *Guard) Context() context.Context { return g.ctx }

// EndBuild has to be called once, when the application is built. If a signal has come, it returns a *runner.SignalError.
func (g *Guard) EndBuild() error {
	close(g.built)
	<-g.done
	g.cancelIfSignaled()
	return g.caught
}

// Release stops catching signals. The Runner has to listen by now. A second call does nothing.
func (g *Guard) Release() {
	signal.Stop(g.signals)
	g.cancelIfSignaled()
}

// Close ends the context, and stops catching signals.
func (g *Guard) Close() {
	g.Release()
	g.cancel(context.Canceled)
}

// cancelIfSignaled ends the context if there is a signal that nobody has received.
func (g *Guard) cancelIfSignaled() {
	select {
	case sig := <-g.signals:
		g.catch(sig)
	default:
	}
}

func (g *Guard) catch(sig os.Signal) {
	g.caught = &runner.SignalError{Signal: sig}
	g.cancel(g.caught)
}
