package fxservices

import (
	"os"
	"os/signal"
	"slices"
	"sync"
)

// listening decides which signals fx listens for by itself, while somebody waits for fx: all that it wants, but while the Runner
// listens for signals, those alone that the Runner does not listen for. The Runner has ending tell fx of its own.
type listening struct {
	runners func() []os.Signal // those that the Runner listens for

	mu     sync.Mutex
	runner bool             // the Runner listens
	to     chan<- os.Signal // of fx; nil: nobody waits for fx
	all    []os.Signal      // that fx wants
}

// notify is called by fx once somebody waits.
func (l *listening) notify(to chan<- os.Signal, all ...os.Signal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.to, l.all = to, all
	notify(to, l.own())
}

// stop is called by fx when it has stopped the application.
func (l *listening) stop(to chan<- os.Signal) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.to = nil
	signal.Stop(to)
}

// setRunner notes whether the Runner listens. No signal that fx listens for before and after has another effect meanwhile.
func (l *listening) setRunner(listens bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.runner == listens {
		return
	}
	l.runner = listens
	if l.to == nil {
		return
	}
	own, held := l.own(), make(chan os.Signal, 1)
	notify(held, own)
	signal.Stop(l.to)
	notify(l.to, own)
	signal.Stop(held)
	select {
	case sig := <-held:
		select {
		case l.to <- sig:
		default: // fx needs one signal only
		}
	default:
	}
}

// own returns the signals that fx listens for.
func (l *listening) own() []os.Signal {
	var runners []os.Signal
	if l.runner {
		runners = l.runners()
	}
	return slices.DeleteFunc(slices.Clone(l.all), func(sig os.Signal) bool { return slices.Contains(runners, sig) || signal.Ignored(sig) })
}

// notify is signal.Notify, to which no signals mean all.
func notify(to chan<- os.Signal, signals []os.Signal) {
	if len(signals) > 0 {
		signal.Notify(to, signals...)
	}
}
