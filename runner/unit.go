package runner

import (
	"runtime"
	"sync/atomic"
	"time"
)

// unit is one service in one Run. Only the registry changes what its mutex guards.
type unit struct {
	description
	run     *run
	index   int                 // in the units of run
	answer  chan (<-chan error) // of Failed, if it is a FailureReporter
	serving *serving            // of a Server or Job; nil for a Resource

	// Guarded by registry.mu.
	state     ServiceState
	place     int           // in the list of what is started, from 1; 0: it is not started
	pending   bool          // its Run has not got past it
	attended  bool          // its start is under way
	interrupt func(error)   // ends its wait to become ready; nil: it does not wait
	attending chan struct{} // closed at the end of its start; nil: nobody waits
	stop      *stopResult   // nil: nobody waits for the stop that is under way
	stopping  bool          // a stop is under way
	condemned int           // stops that will come to it
	retired   bool          // it was told to stop, and no more than the return of a call is missing
	running   int           // calls that were abandoned and have not returned
	late      *lateStop     // an abandoned Stop that the next one has to wait for
	gone      chan struct{} // closed once a stop begins; nil: nobody waits
	needs     []*unit       // it is After them
	neededBy  []*unit       // they are After it, and are registered
	alike     *unit         // the next one that has the same key
}

// serving is what the unit of a Server or Job has beside.
type serving struct {
	ctx  callContext   // of Listen or Run
	down chan struct{} // closed once that has returned

	entry atomic.Int32 // whether that has been called

	// Guarded by registry.mu.
	returned   time.Time // of Listen or Run; zero: it runs
	result     error     // what that returned
	closing    bool      // it was asked to return
	closed     time.Time // when Close returned; zero: it has not
	blocks     bool      // Listen had asked for its context by then
	givenUp    bool      // nobody waits for its return any more
	failed     error     // the error of Listen or Run, unless it is no news; a *ServiceError
	unreported bool      // failed ended a Run or the Runner, and nobody has returned it
}

// What entry says.
const (
	entryPending int32 = iota
	entered            // it is the very next thing that the goroutine does
	entryRefused       // the end came first
)

// awaitEntry waits until Listen has been entered, or will not be. It yields instead of waiting on a channel: a send would
// wake the receiver first, and on a busy machine that could close the server before the sender gets on to call Listen.
func (s *serving) awaitEntry() bool {
	for s.entry.Load() == entryPending {
		runtime.Gosched()
	}
	return s.entry.Load() == entered
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

// invoke runs the code of the service. Only callers call it.
func (u *unit) invoke(op Op, ctx *callContext) error {
	switch op {
	case OpLoad:
		return u.configurable.Load(ctx)
	case OpStart:
		return u.resource.Start(ctx)
	case OpReady:
		return u.checker.IsReady(ctx)
	case OpClose:
		return u.server.Close(ctx)
	case opFailed:
		u.answer <- u.reporter.Failed()
		return nil
	default:
		return u.resource.Stop(ctx)
	}
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
