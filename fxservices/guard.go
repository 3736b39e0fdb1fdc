package fxservices

import (
	"context"
	"os"
	"os/signal"
	"sync"

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
	pause   func() // ends the goroutine that waits for a signal; what has come counts
}

func guardSignals(ctx context.Context) *guard {
	g := &guard{signals: make(chan os.Signal, 1)}
	g.ctx, g.cancel = context.WithCancelCause(ctx)
	for _, sig := range runner.DefaultSignals {
		if !signal.Ignored(sig) {
			signal.Notify(g.signals, sig)
		}
	}
	g.watch()
	return g
}

func (g *guard) watch() {
	quit, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case sig := <-g.signals:
			g.caught(sig)
		case <-quit:
			select {
			case sig := <-g.signals:
				g.caught(sig)
			default:
			}
		}
	}()
	g.pause = sync.OnceFunc(func() {
		close(quit)
		<-ended
	})
}

func (g *guard) caught(sig os.Signal) {
	signal.Stop(g.signals)
	g.cancel(&runner.SignalError{Signal: sig})
}

// cause returns why ctx has ended, by now, and nil if it has not. The guard goes
// on.
func (g *guard) cause() error {
	g.pause()
	g.watch()
	return context.Cause(g.ctx)
}

// release hands over to the Runner, which listens by now. It can be called twice.
func (g *guard) release() {
	signal.Stop(g.signals)
	g.pause()
}

// end releases what the guard holds.
func (g *guard) end() {
	g.release()
	g.cancel(context.Canceled)
}
