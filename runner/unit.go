package runner

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// unit is one service in one Run. Only the registry changes what its mutex guards.
type unit struct {
	description
	batch   *batch
	index   int      // in the units of batch
	serving *serving // of a Server or Job; nil for a Resource

	startCtx callContext // of the first call of a start
	stopCtx  callContext // of the first call of a stop

	// Guarded by registry.mu.
	state     ServiceState
	condemned int32         // stops that will come to it
	running   int32         // calls that were abandoned and have not returned
	pending   bool          // its Run has not got past it
	attended  bool          // its start is under way
	stopping  bool          // a stop is under way
	passed    bool          // that stop is over, but for what Observers have yet to hear
	retired   bool          // it was told to stop, and no more than the return of a call is missing
	place     int           // in the list of what is started, from 1; 0: it is not started
	interrupt func(error)   // ends its wait to become ready; nil: it does not wait
	attending chan struct{} // closed at the end of its start; nil: nobody waits
	stop      *stopResult   // nil: nobody waits for the stop that is under way
	late      *lateStop     // an abandoned Stop that the next one has to wait for
	gone      chan struct{} // closed once a stop begins; nil: nobody waits
	failure   *failure      // while it was up; nil: none
	needs     []*unit       // it is After them
	neededBy  []*unit       // they are After it, and are registered
	alike     *unit         // the next one that has the same key
}

// stopUnderWay returns what others wait for while u is being stopped.
func (u *unit) stopUnderWay() *stopResult {
	if u.stop == nil {
		u.stop = &stopResult{done: make(chan struct{})}
	}
	return u.stop
}

// wakeStop lets those go on that wait for the stop of u.
func (u *unit) wakeStop(err error) {
	if u.stop != nil {
		u.stop.err = err
		close(u.stop.done)
		u.stop = nil
	}
}

func (u *unit) closeGone() {
	if u.gone != nil && !isClosed(u.gone) {
		close(u.gone)
	}
}

// isUpFor reports whether a service of b may start After u. What another Run is still starting may yet be rolled back.
func (u *unit) isUpFor(b *batch) bool {
	started := u.batch == b || u.batch.phase == runUp || u.batch.phase == runOver
	done := u.kind == KindJob && u.state == ServiceStopped
	return started && (u.state == ServiceReady || done) && !u.stopping && u.condemned == 0
}

// canBeNeeded reports whether another Run may start something after u: u is up, or its Run is starting.
func (u *unit) canBeNeeded() bool {
	switch {
	case u.stopping || u.retired || u.condemned > 0:
		return false
	case u.batch.phase == runStarting:
		return u.state <= ServiceReady
	default:
		return u.batch.phase != runFailed && u.place > 0 && u.state == ServiceReady
	}
}

// neededByOthers returns the quoted names of the services that are up, or starting, After u, and not among except.
func (u *unit) neededByOthers(except []*unit) (names []string) {
	for _, other := range u.neededBy {
		active := other.state == ServiceLoading || other.state == ServiceStarting || other.place > 0 && !other.retired
		if active && !other.stopping && !slices.Contains(except, other) {
			names = append(names, fmt.Sprintf("%q", other.name))
		}
	}
	return names
}

// opFailed is the call of Failed, which no error names.
const opFailed Op = "failed"

// task returns a call of u.
func (u *unit) task(op Op, ctx *callContext) task {
	t := task{code: u, op: op, ctx: ctx}
	if u.serving != nil && op.isStop() { // a stop ends the context of Listen together with its own
		t.linked = &u.serving.ctx
	}
	return t
}

// servingContext returns a context like that of Listen or Run.
func (u *unit) servingContext() *callContext {
	return &callContext{subject: &u.description, parent: u.batch.values}
}

// serving is what the unit of a Server or Job has beside.
type serving struct {
	ctx   callContext   // of Listen or Run
	added *added        // to it
	down  chan struct{} // closed once that has returned

	entry   sync.WaitGroup // done once Listen or Run is the very next thing that its goroutine does, or will not be called
	refused bool           // the end came first; set by then

	// Guarded by registry.mu.
	returned time.Time // of Listen or Run; zero: it runs
	result   error     // what that returned
	closing  bool      // it was asked to return
	closed   time.Time // when Close returned; zero: it has not
	blocks   bool      // Listen had asked for its context by then
	givenUp  bool      // nobody waits for its return any more
	closeErr error     // what it returned after that, unless it is no news
}

// failure is that of a service that was up: the error of Listen or Run, or what it reported.
type failure struct {
	err        error // a *ServiceError
	unreported bool  // it ended a Run or the Runner, and nobody has returned it
}

// stopResult is the result of a stop, for those who wait for it.
type stopResult struct {
	done chan struct{}
	err  error // once done is closed
}

// lateStop is a Stop that was abandoned. Its result is that of the next try: Stop is never called while it runs.
type lateStop struct {
	returned chan struct{}
	err      error // once returned is closed
}

func (l *lateStop) hasReturned() bool {
	select {
	case <-l.returned:
		return true
	default:
		return false
	}
}

// run calls the service. Only callers do.
func (u *unit) run(t task) error {
	ctx := t.ctx
	switch t.op {
	case OpLoad:
		return u.configurable.Load(ctx)
	case OpStart:
		return u.layer.(Resource).Start(ctx)
	case OpReady:
		return u.checker.IsReady(ctx)
	case OpClose:
		return u.layer.(Server).Close(ctx)
	case opFailed:
		u.answer <- u.reporter.Failed()
		return nil
	default:
		return u.layer.(Resource).Stop(ctx)
	}
}

// startOp returns the call that starts u.
func (u *unit) startOp() Op {
	if u.kind == KindResource {
		return OpStart
	}
	return u.serveOp()
}

// serveOp returns the call that lasts while u serves.
func (u *unit) serveOp() Op {
	if u.kind == KindJob {
		return OpRun
	}
	return OpListen
}

// stopOp returns the call that stops u.
func (u *unit) stopOp() Op {
	switch u.kind {
	case KindServer:
		return OpClose
	case KindJob:
		return OpRun
	default:
		return OpStop
	}
}

func (s *serving) hasReturned() bool {
	select {
	case <-s.down:
		return true
	default:
		return false
	}
}

// reversed returns units, the last first.
func reversed(units []*unit) []*unit {
	units = slices.Clone(units)
	slices.Reverse(units)
	return units
}
