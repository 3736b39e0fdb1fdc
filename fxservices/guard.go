package fxservices

import (
	"context"
	"os"
	"os/signal"

	"github.com/go-fxservices/services/runner"
)

// guard catches one signal before the Runner listens for signals itself, so that none is lost in between.
//
//	building ── endBuild ──▶ starting ── release ──▶ released
//
// While fx builds the application, nothing can be cancelled and nothing has to be stopped: the first signal ends the
// context, and a second one has the default action of the system. After that a signal is kept until release.
type guard struct {
	ctx     context.Context // ends with the context of Run, or with a *runner.SignalError as its cause
	cancel  context.CancelCauseFunc
	signals chan os.Signal
	built   chan struct{} // closed by endBuild
	done    chan struct{} // closed when watch has returned
}

func guardSignals(ctx context.Context) *guard {
	g := &guard{signals: make(chan os.Signal, 1), built: make(chan struct{}), done: make(chan struct{})}
	g.ctx, g.cancel = context.WithCancelCause(ctx)
	for _, sig := range runner.DefaultSignals {
		if !signal.Ignored(sig) {
			signal.Notify(g.signals, sig)
		}
	}
	go g.watch()
	return g
}

func (g *guard) watch() {
	defer close(g.done)
	select {
	case sig := <-g.signals:
		signal.Stop(g.signals)
		g.cancel(&runner.SignalError{Signal: sig})
	case <-g.built:
	}
}

// endBuild has to be called once, when the application is built.
func (g *guard) endBuild() {
	close(g.built)
	<-g.done
	g.cancelIfSignaled()
}

// release stops catching signals. The Runner has to listen by now. A second call does nothing.
func (g *guard) release() {
	signal.Stop(g.signals)
	g.cancelIfSignaled()
}

// cancelIfSignaled ends ctx if there is a signal that nobody has received.
func (g *guard) cancelIfSignaled() {
	select {
	case sig := <-g.signals:
		g.cancel(&runner.SignalError{Signal: sig})
	default:
	}
}
