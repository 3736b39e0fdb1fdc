package fxservices

import (
	"os"
	"os/signal"

	"github.com/go-fxservices/services/runner"
)

// guard catches one signal while an application is built, when nothing can be
// cancelled and nothing has to be stopped. A second one has the default action of
// the system.
type guard struct {
	signals chan os.Signal
	quit    chan struct{}
	ended   chan struct{}
	caught  os.Signal // once ended is closed
	done    bool
}

func guardSignals() *guard {
	g := &guard{signals: make(chan os.Signal, 1), quit: make(chan struct{}), ended: make(chan struct{})}
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
	case g.caught = <-g.signals:
		signal.Stop(g.signals)
	case <-g.quit:
	}
}

// release returns the signal that was caught, or nil. From now on the guard
// catches none. A second call returns nil.
func (g *guard) release() os.Signal {
	if g.done {
		return nil
	}
	g.done = true
	close(g.quit)
	<-g.ended
	signal.Stop(g.signals)
	if g.caught == nil {
		select {
		case g.caught = <-g.signals:
		default:
		}
	}
	return g.caught
}
