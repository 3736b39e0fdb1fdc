package runner

import (
	"context"
	"os"
	"sync"
)

// life is the time from the first Run to the end of Finish: the time in which
// the Runner listens for signals. What ends it is the cause of ctx: the first
// signal, Finish, or the failure of a server that Start has started. What cuts
// the graceful stop short is the cause of cut: the second signal, or the end of
// the context of Finish.
type life struct {
	ctx      context.Context
	end      context.CancelCauseFunc
	cut      context.Context
	cutShort context.CancelCauseFunc

	listener Listener           // nil: no signals
	hear     chan chan struct{} // see catchUp
	quit     chan struct{}
	watchers sync.WaitGroup
	watched  chan struct{} // closed once no more signals are received

	runs map[*run]struct{} // guarded by Runner.mu
}

func (r *Runner) newLife() *life {
	l := &life{hear: make(chan chan struct{}), quit: make(chan struct{}), watched: make(chan struct{}), runs: map[*run]struct{}{}}
	l.ctx, l.end = context.WithCancelCause(context.Background())
	l.cut, l.cutShort = context.WithCancelCause(context.Background())
	if r.config.dump != nil {
		r.dumpOnSignal(l)
	}
	if l.listener = r.config.newListener(); l.listener == nil {
		close(l.watched)
		return l
	}
	go r.watch(l, l.listener.Receive())
	return l
}

// over releases what the life holds, and returns when its goroutine has ended.
func (l *life) over() {
	l.end(ErrFinishing)
	l.cutShort(ErrFinishing)
	if l.listener != nil {
		l.listener.Stop()
	}
	close(l.quit)
	<-l.watched
	l.watchers.Wait()
}

// watch receives signals until the life is over.
func (r *Runner) watch(l *life, signals <-chan os.Signal) {
	defer close(l.watched)
	w := watcher{runner: r, life: l, signals: signals}
	for {
		select {
		case sig, ok := <-w.signals:
			w.receive(sig, ok)
		case heard := <-l.hear:
			w.receiveAll()
			close(heard)
		case <-l.quit:
			w.receiveAll()
			return
		}
	}
}

// catchUp returns once Observers have been told of the signals that have come by
// now. Others who listen for the same signals may have been faster.
func (l *life) catchUp() {
	heard := make(chan struct{})
	select {
	case l.hear <- heard:
		<-heard
	case <-l.watched:
	}
}

type watcher struct {
	runner   *Runner
	life     *life
	signals  <-chan os.Signal // nil once it is closed
	received int
}

// receiveAll receives what is there.
func (w *watcher) receiveAll() {
	for {
		select {
		case sig, ok := <-w.signals:
			w.receive(sig, ok)
		default:
			return
		}
	}
}

func (w *watcher) receive(sig os.Signal, ok bool) {
	if !ok {
		w.signals = nil
	}
	if sig == nil {
		return
	}
	w.received++
	w.runner.observers.signalReceived(sig)
	switch w.received {
	case 1:
		w.life.end(&SignalError{Signal: sig})
	case 2:
		w.life.cutShort(&SignalError{Signal: sig})
	default:
		raise(sig)
	}
}
