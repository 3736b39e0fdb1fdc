package fxservices

import (
	"context"
	"os"
	"os/signal"

	"github.com/go-fxservices/services/runner"
)

// guard catches one signal while an application is built, when nothing can be
// cancelled and nothing has to be stopped, and on until the Runner listens itself,
// so that none falls in between. A second one, while the application is built, has
// the default action of the system.
type guard struct {
	ctx     context.Context // ends with that of Run, or because of a *runner.SignalError
	cancel  context.CancelCauseFunc
	signals chan os.Signal
	quit    chan struct{}
	ended   chan struct{} // closed with the goroutine
}

func guardSignals(ctx context.Context) *guard {
	g := &guard{signals: make(chan os.Signal, 1), quit: make(chan struct{}), ended: make(chan struct{})}
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
	defer close(g.ended)
	select {
	case sig := <-g.signals:
		signal.Stop(g.signals)
		g.cancel(&runner.SignalError{Signal: sig})
	case <-g.quit:
	}
}

// built is called once, when the application is built. A signal that comes after
// it is kept until release.
func (g *guard) built() {
	close(g.quit)
	<-g.ended
	g.take()
}

// release hands over to the Runner, which listens by now. It can be called again.
func (g *guard) release() {
	signal.Stop(g.signals)
	g.take()
}

// take ends ctx if a signal has come.
func (g *guard) take() {
	select {
	case sig := <-g.signals:
		g.cancel(&runner.SignalError{Signal: sig})
	default:
	}
}
