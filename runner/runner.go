package runner

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// Runner starts services, watches them and stops them; see the documentation of
// the package. [NewRunner] makes one. All its methods can be called from many
// goroutines at once, but not from the code of a service or an Observer, which
// the Runner waits for.
type Runner struct {
	config    config
	observers observers
	turn      chan struct{} // held by the one Finish or Stop that is at work
	states    stateTeller
	profile   profile

	mu        sync.Mutex
	life      *life // nil before the first Run and after Finish
	finishing bool
	ledger    []*unit       // what is started, in the order it was; some may be stopped since
	stopped   int           // how many of the ledger are
	known     map[any]*unit // what is started, or will be, by identity
}

// NewRunner makes a Runner. Without options it ends on [DefaultSignals], gives
// each service 15 s to stop and any time to start, and has no Observers.
func NewRunner(opts ...StarterOption) *Runner {
	r := &Runner{turn: make(chan struct{}, 1)}
	r.config.stopTimeout, r.config.concurrency = defaultStopTimeout, 1
	r.config.newListener = func() Listener { return newSignalListener(DefaultSignals) }
	for _, opt := range opts {
		if opt != nil {
			opt(r)
		}
	}
	return r
}

// State returns where the Runner is in its life. It never blocks.
func (r *Runner) State() State { return r.states.current() }

// Status is one started service, as [Runner.Services] found it.
type Status struct {
	Service Service // as it was given to the Runner
	Name    string  // as NameOf writes it
	Kind    Kind
	State   ServiceState
}

func (u *unit) status() Status {
	return Status{Service: u.service, Name: u.name, Kind: u.kind(), State: u.state}
}

// Services returns what is started and not yet stopped, in the order it was
// started. It never blocks; the slice is the caller's.
func (r *Runner) Services() []Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	statuses := make([]Status, 0, len(r.ledger))
	for _, u := range r.ledger {
		if u.started {
			statuses = append(statuses, u.status())
		}
	}
	return statuses
}

// admit registers the units of a run. It refuses instances that are started.
func (r *Runner) admit(units []unit) error {
	if len(r.known) == 0 {
		r.known = make(map[any]*unit, len(units))
	}
	for i := range units {
		u := &units[i]
		if u.key == nil {
			continue
		}
		if _, started := r.known[u.key]; started {
			r.forget(units[:i])
			return fmt.Errorf("service %d, %q: %w", i+1, u.name, ErrAlreadyStarted)
		}
		r.known[u.key], u.pending = u, true
	}
	return nil
}

func (r *Runner) forget(units []unit) {
	for i := range units {
		units[i].pending = false
		r.drop(&units[i])
	}
}

// pass notes that the run of u has got past it: it is up, or was stopped already.
func (r *Runner) pass(u *unit) {
	r.mu.Lock()
	defer r.mu.Unlock()
	u.pending = false
	r.drop(u)
}

// drop lets the instance be started again, unless it is started or being started,
// or a call of it still runs.
func (r *Runner) drop(u *unit) {
	if u.key != nil && !u.pending && !u.started && u.lost == 0 && r.known[u.key] == u {
		delete(r.known, u.key)
	}
}

func (r *Runner) move(u *unit, to ServiceState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	u.state = to
}

// isReady moves u on, unless its server has failed meanwhile.
func (r *Runner) isReady(u *unit) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if u.state == ServiceStarting {
		u.state = ServiceReady
	}
}

// hasStarted puts u into the ledger: from now on it has to be stopped.
func (r *Runner) hasStarted(u *unit) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.enter(u)
}

func (r *Runner) enter(u *unit) {
	u.started = true
	r.ledger = append(r.ledger, u)
}

// remove takes u out of the ledger.
func (r *Runner) remove(u *unit, as ServiceState) {
	u.state, u.started = as, false
	r.drop(u)
	r.stopped++
	for n := len(r.ledger); n > 0 && !r.ledger[n-1].started; n-- {
		r.ledger[n-1] = nil
		r.ledger = r.ledger[:n-1]
		r.stopped--
	}
	if r.stopped > len(r.ledger)/2 {
		r.ledger = slices.DeleteFunc(r.ledger, func(u *unit) bool { return !u.started })
		r.stopped = 0
	}
}

// claim gives the caller the right to stop u; only one has it at a time. A server
// that has failed needs no stop.
func (r *Runner) claim(u *unit) (mine, failed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case !u.started || u.claimed:
		return false, false
	case u.serving != nil && u.state == ServiceFailed:
		r.remove(u, ServiceFailed)
		return false, true
	}
	if u.serving != nil {
		u.serving.closing = true
	}
	u.state, u.claimed = ServiceStopping, true
	return true, false
}

// lateStop returns the abandoned Stop that a new one has to wait for, if any. One
// that has failed is past: Stop can be called again.
func (r *Runner) lateStop(u *unit) *lateCall {
	r.mu.Lock()
	defer r.mu.Unlock()
	if u.late != nil && u.late.hasReturned() && u.late.err != nil {
		u.late = nil
	}
	return u.late
}

// abandoned notes that a call did not return.
func (r *Runner) abandoned(c call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c.unit.lost++
	if c.unit.state != ServiceFailed { // a server may have, while it became ready
		c.unit.state = ServiceAbandoned
	}
	if c.op == OpStop && c.late == nil { // else it only waited for the one that is late
		c.unit.late = &lateCall{returned: make(chan struct{})}
	}
}

// returnedLate is told of a call that returned after it had been abandoned.
func (r *Runner) returnedLate(c call, err error) {
	if r.noteLate(c, err) {
		r.stopLate(c.unit)
	}
}

// noteLate reports whether a resource has started after all, and is to be stopped
// by the caller.
func (r *Runner) noteLate(c call, err error) (started bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	u := c.unit
	if c.op == OpStop && c.late == nil {
		u.late.err = err
		close(u.late.returned)
	}
	if started = c.op == OpStart && err == nil; started {
		r.enter(u)
		u.state, u.claimed = ServiceStopping, true
	}
	u.lost--
	r.drop(u)
	return started
}

// ended makes an error of a context that has ended: its own, and its cause.
func ended(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if cause == err { //nolint:errorlint // the very same, not one that is like it
		return err
	}
	return fmt.Errorf("%w: %w", err, cause)
}
