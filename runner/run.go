package runner

import (
	"context"
	"fmt"
	"sync"

	"github.com/go-fxservices/services/internal/drain"
	"github.com/go-fxservices/services/internal/eventinfo"
	"github.com/go-fxservices/services/internal/retryevents"
)

// run is one call of Run or Start.
type run struct {
	batch
	life    *lifetime
	lasting int             // how many Servers and Jobs it has
	servers int             // how many of those are Servers
	caller  context.Context // of the call
	cancel  context.CancelCauseFunc
	detach  []func() bool

	mu    sync.Mutex
	why   *end          // nil: it goes on
	ended chan struct{} // closed once why is known
	jobs  int           // that are not done
	up    bool          // all services have started
}

// newRun checks services and describes them. Nothing is called yet but their names.
func newRun(ctx context.Context, c *config, services []Service, detached bool) (*run, error) {
	if ctx == nil {
		return nil, errNilContext
	}
	run := &run{
		batch: batch{
			detached: detached,
			units:    make([]*unit, len(services)),
			values:   context.WithoutCancel(ctx),
			started:  make(chan struct{}),
			left:     make(chan struct{}),
		},
		caller: ctx,
		ended:  make(chan struct{}),
	}
	run.labelled = hasLabels(ctx)
	for i, s := range services {
		u := &unit{batch: &run.batch, index: i}
		var err error
		if u.description, err = describe(s, c.startTimeout, c.stopTimeout); err != nil {
			return nil, fmt.Errorf("service %d: %w", i+1, err)
		}
		if u.labels = label(u.name); run.labelled {
			u.labels = labelled(run.values, u.name)
		}
		if u.serves() {
			u.serving = &serving{down: make(chan struct{})}
			run.lasting++
		}
		switch u.kind {
		case KindServer:
			run.servers++
		case KindJob:
			run.jobs++
		}
		run.units[i] = u
	}
	var err error
	run.order, err = newOrder(run.units)
	return run, err
}

// attach lets the Run end with its life and with the context of its caller.
func (run *run) attach(receiver retryevents.Receiver) {
	run.values = context.WithValue(run.values, retryevents.Key{}, receiver)
	if run.servers > 0 {
		run.values = drain.With(run.values, run.drains())
	}
	run.ctx, run.cancel = context.WithCancelCause(context.WithValue(run.caller, retryevents.Key{}, receiver))
	run.detach = append(run.detach,
		context.AfterFunc(run.life.ended, func() { run.end(run.life.end()) }),
		context.AfterFunc(run.caller, func() { run.reason() }),
	)
	if e := run.life.end(); e != nil { // at once, not on the goroutine of AfterFunc
		run.end(e)
	}
}

// drains returns a channel that is closed once the servers of the Run have been asked to end. Those of a Start outlive it, and
// end with the life of the Runner.
func (run *run) drains() <-chan struct{} {
	if run.detached {
		return run.life.ended.Done()
	}
	return run.ended
}

// end ends the Run, unless something else has.
func (run *run) end(e *end) {
	run.mu.Lock()
	first := run.why == nil
	if first {
		run.why = e
	}
	run.mu.Unlock()
	if first {
		run.cancel(e.contextCause())
		close(run.ended)
	}
}

// reason returns why the Run has ended, or nil if it goes on. Where all it knows is the end of the caller's context, it
// looks whether a signal has come with it: the signal decides.
func (run *run) reason() *end {
	if why := run.known(); why != nil {
		return why
	}
	why := run.life.end()
	if why == nil && run.caller.Err() == nil { // that of ctx may come a moment later
		return nil
	}
	if why == nil {
		run.life.catchUp()
		if why = run.life.end(); why == nil {
			why = &end{reason: byContext, err: endOf(run.caller), cause: context.Cause(run.caller)}
		}
	}
	run.end(why)
	return run.known()
}

// known returns why the Run has ended as far as it knows.
func (run *run) known() *end {
	run.mu.Lock()
	defer run.mu.Unlock()
	return run.why
}

// fail ends the Run because a service of it has failed, unless it has ended already.
func (run *run) fail(err error) {
	if run.reason() == nil {
		run.end(&end{reason: byFailure, err: err})
	}
}

// failureOr returns the failure that ended the Run, or err as one. Of two failures at once one ends both the Run and the life:
// the other is left to be returned by itself.
func (run *run) failureOr(err error) *end {
	if why := run.known(); why != nil && why.reason == byFailure {
		return why
	}
	return &end{reason: byFailure, err: err}
}

// jobDone notes that a Job is done.
func (run *run) jobDone() {
	run.mu.Lock()
	defer run.mu.Unlock()
	run.jobs--
}

// comeUp notes that all services have started.
func (run *run) comeUp() {
	run.mu.Lock()
	defer run.mu.Unlock()
	run.up = true
}

// returnsAtOnce reports whether it is a Run of Resources alone: the call is over once they have started. A Start that is over
// has Wait, which returns a later failure.
func (run *run) returnsAtOnce() bool { return run.lasting == 0 && !run.detached }

// failedUp returns why the Run ended, if that was the failure of a service after all services had started.
func (run *run) failedUp() *end {
	run.mu.Lock()
	defer run.mu.Unlock()
	if !run.up || run.why == nil || run.why.reason != byFailure {
		return nil
	}
	return run.why
}

// isDone reports whether the Run has nothing to wait for any more: all its Jobs are done, and it has no Server.
func (run *run) isDone() bool {
	run.mu.Lock()
	defer run.mu.Unlock()
	return run.up && run.jobs == 0 && run.lasting > 0 && run.servers == 0
}

// given returns a context that describes units, and their services as they were given.
func (run *run) given(units []*unit) (context.Context, []Service) {
	services := make([]Service, len(units))
	info := &eventinfo.Info{Subjects: make([]eventinfo.Subject, len(units))}
	for i, u := range units {
		services[i], info.Subjects[i] = u.service, u.info()
	}
	return eventinfo.With(run.values, info), services
}

// release lets go of the contexts that the Run listens to.
func (run *run) release() {
	for _, detach := range run.detach {
		detach()
	}
	run.cancel(context.Canceled)
}
