package runner

import (
	"context"
	"os"
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

	listener Listener // nil: no signals
	quit     chan struct{}
	watched  chan struct{} // closed once no more signals are received

	runs map[*run]struct{} // guarded by Runner.mu
}

func (r *Runner) newLife() *life {
	l := &life{quit: make(chan struct{}), watched: make(chan struct{}), runs: map[*run]struct{}{}}
	l.ctx, l.end = context.WithCancelCause(context.Background())
	l.cut, l.cutShort = context.WithCancelCause(context.Background())
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
	close(l.quit)
	if l.listener != nil {
		l.listener.Stop()
	}
	<-l.watched
}

// watch receives signals until the life is over.
func (r *Runner) watch(l *life, signals <-chan os.Signal) {
	defer close(l.watched)
	received := 0
	for {
		select {
		case <-l.quit:
			return
		case sig, ok := <-signals:
			if !ok || sig == nil {
				signals = nil
				continue
			}
			received++
			r.received(l, sig, received)
		}
	}
}

func (r *Runner) received(l *life, sig os.Signal, nth int) {
	r.observers.signalReceived(sig)
	switch nth {
	case 1:
		l.end(&SignalError{Signal: sig})
	case 2:
		l.cutShort(&SignalError{Signal: sig})
	default:
		raise(sig)
	}
}
