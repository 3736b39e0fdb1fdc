package runner

import (
	"fmt"
	"time"
)

// errStopped is why a service that was stopped before it was ready has failed to start.
var errStopped error = &conditionError{"stopped before it was ready", ErrNotStarted}

// These are the transitions of one service, in the order in which it meets them. Each locks the registry for a moment. They
// stay in one file, though it is a long one: nothing else changes the state of a service.

// beginStart lets the start of u begin with its first call. It is refused if something that u is After is not up (any more).
func (g *registry) beginStart(u *unit) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, need := range u.needs {
		if !need.isUpFor(u.batch) {
			u.state = ServiceFailed
			return fmt.Errorf("after %q: %w", need.name, ErrNotStarted)
		}
	}
	u.attended = true
	u.state = ServiceStarting
	if u.configurable != nil {
		u.state = ServiceLoading
	}
	return nil
}

// loaded lets the start of u go on after Load.
func (g *registry) loaded(u *unit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	u.state = ServiceStarting
}

// started puts a resource into the list: from now on it has to be stopped.
func (g *registry) started(u *unit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.insert(u)
}

// enter puts a server into the list, just before its Listen is called. It reports false if the end of its Run has come
// first: then Listen must not be called.
func (g *registry) enter(u *unit) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if u.batch.ctx.Err() != nil {
		return false
	}
	g.insert(u)
	return true
}

// becomeReady ends the start of u with success. It reports false if a stop has begun meanwhile. A server that has failed
// meanwhile has started all the same: its failure ends the Run.
func (g *registry) becomeReady(u *unit) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if u.stopping {
		return false
	}
	if u.state == ServiceStarting {
		u.state = ServiceReady
	}
	return u.state == ServiceReady || u.state == ServiceFailed || u.kind == KindJob
}

// failStart notes that the start of u has failed. If u is in the list it has to be stopped all the same. A Job whose start
// failed is never done, though its Run may return nil.
func (g *registry) failStart(u *unit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case u.state == ServiceLoading,
		u.state == ServiceStarting && u.place == 0,
		u.kind == KindJob && (u.state == ServiceStarting || u.state == ServiceStopped):
		u.state = ServiceFailed
	}
}

// serveResult says what the return of Listen or Run means.
type serveResult int

const (
	serveDone   serveResult = iota
	serveFailed             // nobody had asked for it, and it is an error
	serveLate               // a Listen that was given up may have begun to serve
)

// returned notes what Listen or Run of u returned. err is its error, and closed the same unless that says only that somebody
// had asked for the return. It returns the one that is news.
func (g *registry) returned(u *unit, err, closed error) (means serveResult, news error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := u.serving
	s.returned, s.result = time.Now(), err
	switch {
	case s.givenUp && !s.closed.IsZero() && err == nil:
		return serveLate, nil // the call is over once it has been closed again
	case s.givenUp:
		g.endCall(u)
		return serveDone, closed
	case s.closing || u.failure != nil: // a failure may have been reported before
		s.closeErr = closed
		return serveDone, closed
	case err != nil:
		u.failure = &failure{err: u.fail(u.serveOp(), err), unreported: true}
		u.state = ServiceFailed
		return serveFailed, err
	case u.kind == KindJob && u.running > 0:
		u.state = ServiceAbandoned
		g.retire(u)
	case u.kind == KindJob:
		if u.state != ServiceFailed {
			u.state = ServiceStopped
		}
		g.remove(u)
		g.release(u)
	}
	return serveDone, nil
}

// fail notes the failure that a started service has reported. It returns false if u is not up any more.
func (g *registry) fail(u *unit, err error) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if u.place == 0 || u.stopping || u.state == ServiceFailed {
		return false
	}
	u.state = ServiceFailed
	u.failure = &failure{err: err, unreported: true}
	return true
}

// claim is the right to stop a service, and what the stop has to wait for before it calls anything.
type claim struct {
	start      <-chan struct{} // closed at the end of the start of the service; nil: it is over
	dependents []*stopResult   // the stops under way of services that are After it
	late       *lateStop       // an abandoned Stop, which Stop must not be called beside; nil: there is none
}

// beginStop gives the caller the stop of u, or returns the stop that it has to wait for, which is nil if there is nothing to
// stop.
func (g *registry) beginStop(u *unit) (mine claim, ok bool, other *stopResult) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case u.stopping && !u.passed:
		return claim{}, false, u.stopUnderWay()
	case u.stopping || u.place == 0 || u.retired:
		return claim{}, false, nil
	default:
		return g.claim(u), true, nil
	}
}

// claim gives the stop of u to the caller.
func (g *registry) claim(u *unit) (mine claim) {
	u.stopping, u.state = true, ServiceStopping
	u.closeGone()
	if u.serving != nil {
		u.serving.closing = u.serving.returned.IsZero()
	}
	if u.attended {
		if u.interrupt != nil {
			u.interrupt(errStopped)
		}
		u.attending = make(chan struct{})
		mine.start = u.attending
	}
	for _, other := range u.neededBy {
		if other.stopping && !other.passed {
			mine.dependents = append(mine.dependents, other.stopUnderWay())
		}
	}
	if u.late != nil && u.late.hasReturned() && u.late.err != nil { // that one is past: Stop can be called again
		u.late = nil
	}
	mine.late = u.late
	return mine
}

// closed notes that Close of u has returned.
func (g *registry) closed(u *unit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	u.serving.closed, u.serving.blocks = time.Now(), u.serving.ctx.wasAsked()
}

// stillRuns notes that a Stop which was abandoned did not return to a later stop either. It reports false if that has returned.
func (g *registry) stillRuns(u *unit) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if u.late.hasReturned() {
		return false
	}
	u.state = ServiceAbandoned
	return true
}

// stopped ends the stop of u with err. Unless retry says that a later stop is to try again, that was the last.
func (g *registry) stopped(u *unit, err error, retry bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	abandoned := u.state == ServiceAbandoned
	state := ServiceFailed
	if abandoned {
		state = ServiceAbandoned
	}
	switch {
	case retry && err != nil && u.kind == KindResource:
		u.state = state
	case u.running > 0: // it stays in the list until the call returns
		u.state = ServiceAbandoned
		g.retire(u)
	case err == nil:
		u.state = ServiceStopped
		g.remove(u)
	default:
		u.state = state
		g.remove(u)
	}
}

// abandon notes that a call of u did not return.
func (g *registry) abandon(u *unit, op Op, a *abandonment) {
	g.mu.Lock()
	defer g.mu.Unlock()
	u.running++
	if u.state != ServiceFailed && op != opFailed {
		u.state = ServiceAbandoned
	}
	if op == OpStop {
		u.late = &lateStop{returned: make(chan struct{})}
	}
	if u.place == 0 { // it is shown until the call returns
		g.insert(u)
		g.retire(u)
	}
	close(a.noted)
}

// giveUp notes that nobody waits for Listen or Run of u any more. It reports false if that has returned.
func (g *registry) giveUp(u *unit) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !u.serving.returned.IsZero() {
		return false
	}
	u.serving.givenUp = true
	u.running++
	u.state = ServiceAbandoned
	return true
}

// returnLate notes that an abandoned call returned. If a resource has started after all, the caller has to stop it, and
// Finish has nothing to do with it.
func (g *registry) returnLate(u *unit, op Op, err error) (mine claim, started bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if started = op == OpStart && err == nil; started {
		mine = g.claim(u)
	}
	if op == OpClose {
		u.serving.closed = time.Now()
	}
	g.endCall(u)
	if op == OpStop {
		u.late.err = err
		close(u.late.returned)
		if err == nil && u.place > 0 && !u.stopping { // nobody is left to stop it
			g.stopLate(u)
		}
	}
	return mine, started
}

// stopLate notes that an abandoned Stop has stopped u after all.
func (g *registry) stopLate(u *unit) {
	if u.running > 0 { // it stays in the list until that call returns, too
		u.state = ServiceAbandoned
		g.retire(u)
		return
	}
	u.state = ServiceStopped
	g.remove(u)
	g.release(u)
}

// closedAgain notes that a server was closed once more, after its Listen was given up and returned.
func (g *registry) closedAgain(u *unit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.endCall(u)
}

func (g *registry) endCall(u *unit) {
	u.running--
	if u.running == 0 && u.place > 0 && u.state == ServiceAbandoned {
		u.state = ServiceFailed
	}
	g.release(u)
}

// release lets the instance be started again, if nothing of u is left.
func (g *registry) release(u *unit) {
	if u.place > 0 && u.retired && u.running == 0 && !u.stopping {
		u.state = ServiceFailed // the last call of it has returned
		g.remove(u)
	}
	if u.place == 0 && u.running == 0 && !u.stopping && !u.pending {
		g.forget(u)
	}
}
