package runner

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"time"

	"github.com/go-fxservices/services/internal/identity"
)

// reason says what ended a Run, or the life of a Runner.
type reason int

const (
	bySignal reason = iota
	byContext
	byFinish
	byShutdown
	byFailure
	byJobs // all Jobs are done
)

// end is why a Run, or the life of a Runner, ended. It is kept as a value, since the cause of a context may come from
// anywhere: that of the caller's context may be an error of another Runner.
type end struct {
	reason reason
	err    error // a *SignalError, the error of a context, the cause of Shutdown, a *ServiceError; nil for byJobs
	cause  error // of a context
}

// contextCause returns the cause of the contexts that end with it.
func (e *end) contextCause() error {
	if e.err == nil {
		return ErrShutdown
	}
	return e.err
}

// lifetime is the time from the first Run to the end of Finish, in which the Runner listens for signals:
//
//	begun ──first signal, Finish, Shutdown, failure──▶ ended ──second signal, deadline of Finish──▶ cut short ──▶ over
//
// The first of these ends it. The end of the grace period cuts it short, too. A third signal gets the default action of the
// system.
type lifetime struct {
	ended    context.Context // its cause is end.err
	cancel   context.CancelCauseFunc
	cut      context.Context // ends when the graceful stop is cut short, with the cause
	cutShort context.CancelCauseFunc

	listener Listener           // nil: no signals
	sync     chan chan struct{} // see catchUp
	quit     chan struct{}
	watchers sync.WaitGroup  // of signals
	deaf     chan struct{}   // closed once no more signals are received
	hear     func(os.Signal) // announces a signal
	told     func()          // waits until Observers have heard, but not for long
	period   *gracePeriod

	mu    sync.Mutex
	why   *end        // nil: it goes on
	timer *time.Timer // cuts it short when the grace period is over; nil: that has not begun
}

// newLifetime begins to listen for signals. The Listener is user code: its panic is an error. The lifetime calls hear with
// each signal before the signal takes effect, and told before it lets a signal kill the process.
func newLifetime(c *config, period *gracePeriod, hear func(os.Signal), told, dump func()) (*lifetime, error) {
	var listener Listener
	var signals <-chan os.Signal
	if err := apart(func() {
		if listener = c.newListener(); !identity.IsNil(listener) {
			signals = listener.Receive()
		}
	}); err != nil {
		return nil, fmt.Errorf("listen for signals: %w", err)
	}
	l := &lifetime{
		sync: make(chan chan struct{}), quit: make(chan struct{}), deaf: make(chan struct{}), hear: hear, told: told, period: period,
	}
	l.ended, l.cancel = context.WithCancelCause(context.Background())
	l.cut, l.cutShort = context.WithCancelCause(context.Background())
	if identity.IsNil(listener) {
		close(l.deaf)
	} else {
		l.listener = listener
		go l.watch(signals)
	}
	if c.onListening != nil {
		c.onListening()
	}
	if sigs := heeded(c.dumpSignals); c.dump != nil && len(sigs) > 0 {
		l.dumpOn(sigs, dump)
	}
	return l, nil
}

// finish ends the life, unless something else has. From now on the grace period runs.
func (l *lifetime) finish(e *end) {
	until := l.period.begin(e.reason)
	l.mu.Lock()
	first := l.why == nil
	if first {
		l.why = e
	}
	if l.timer == nil && !until.IsZero() {
		l.timer = time.AfterFunc(time.Until(until), func() { l.cutShort(ErrGracePeriod) })
	}
	l.mu.Unlock()
	if first {
		l.cancel(e.contextCause())
	}
}

// end returns why the life has ended, or nil if it goes on. A nil life has not.
func (l *lifetime) end() *end {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.why
}

// watch receives signals until the life is over. It runs no user code, so that nothing makes the process deaf.
func (l *lifetime) watch(signals <-chan os.Signal) {
	defer close(l.deaf)
	received := 0
	receive := func(sig os.Signal, ok bool) {
		if !ok {
			signals = nil // closed
		}
		if sig != nil {
			received++
			l.receive(sig, received)
		}
	}
	receiveAll := func() {
		for {
			select {
			case sig, ok := <-signals:
				receive(sig, ok)
			default:
				return
			}
		}
	}
	for {
		select {
		case sig, ok := <-signals:
			receive(sig, ok)
		case done := <-l.sync:
			receiveAll()
			close(done)
		case <-l.quit:
			receiveAll()
			return
		}
	}
}

// receive lets the nth signal take effect.
func (l *lifetime) receive(sig os.Signal, n int) {
	l.hear(sig)
	switch signaled := (&SignalError{Signal: sig}); n {
	case 1:
		l.finish(&end{reason: bySignal, err: signaled})
	case 2:
		l.cutShort(signaled)
	default:
		l.told()
		raise(sig)
	}
}

// catchUp returns once the signals that have come by now have taken effect. Whoever ends a context at a signal listens for
// the same signal, and may have been faster.
func (l *lifetime) catchUp() {
	if l.listener == nil {
		return
	}
	awaitDelivery()
	done := make(chan struct{})
	select {
	case l.sync <- done:
		<-done
	case <-l.deaf:
	}
}

// dumpOn calls dump, which may panic or block, at each of sigs until the life is over.
func (l *lifetime) dumpOn(sigs []os.Signal, dump func()) {
	received := make(chan os.Signal, 1)
	signal.Notify(received, sigs...)
	l.watchers.Go(func() {
		defer signal.Stop(received)
		for {
			select {
			case <-received:
				done := make(chan struct{})
				go func() {
					defer close(done)
					defer func() { _ = recover() }()
					dump()
				}()
				select {
				case <-done:
				case <-l.quit:
					within(grace, done)
					return
				}
			case <-l.quit:
				return
			}
		}
	})
}

// over ends the reception of signals. It returns the panic of the Listener, if it has one.
func (l *lifetime) over() (err error) {
	if l.listener != nil {
		l.catchUp()
		if err = apart(l.listener.Stop); err != nil {
			err = fmt.Errorf("stop listening for signals: %w", err)
		}
	}
	close(l.quit)
	<-l.deaf
	l.watchers.Wait()
	return err
}

// release ends what may still wait for the life.
func (l *lifetime) release() {
	l.cancel(ErrFinishing)
	l.cutShort(ErrFinishing)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer != nil {
		l.timer.Stop()
	}
}
