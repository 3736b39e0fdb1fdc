package retrier

import (
	"context"
	"fmt"
	"sync"

	"github.com/go-fxservices/services/runner"
)

// Resource is a [runner.Resource] whose Start is retried. It is made by
// [Builder.Build], and is safe for concurrent use.
type Resource struct {
	resource runner.Resource // nil if there is none
	policy   policy

	mu       sync.Mutex // while it is free, start is nil unless phase is starting
	phase    phase
	start    *startContext // of the Start that runs
	first    startContext  // of the first Start, which is the only one for most
	returned chan struct{} // closed when it has returned; nil if nobody waits
}

var _ runner.Resource = (*Resource)(nil)

// phase is a phase in the life of a Resource:
//
//	idle ──Start──▶ starting ──succeeds──▶ started ──Stop──▶ stopping ──succeeds──▶ idle
//	                    │                                     ▲    │
//	                  fails                                 Stop  fails
//	                    ▼                                     │    ▼
//	                  idle             starting ◀──Start── unstopped
type phase int

const (
	idle phase = iota
	starting
	started
	stopping
	unstopped // its Stop has failed
)

// Name returns the name of the wrapped resource, and "" if that is nil.
func (r *Resource) Name() string {
	if r.resource == nil {
		return ""
	}
	return r.resource.Name()
}

// Unwrap returns the wrapped resource, for [runner.As], and nil if that is nil.
func (r *Resource) Unwrap() runner.Service {
	if r.resource == nil {
		return nil
	}
	return r.resource
}

// Start starts the wrapped resource and returns nil once an attempt has
// succeeded, though ctx may have ended by then. It blocks during the attempts
// and the pauses between them.
//
// It ends with an [*Error] when ctx ends, also during a pause; when the backoff
// stops, or returns a pause below 0; when an attempt fails with a
// [backoff.PermanentError]; when Stop is called. Where ctx has ended before, no
// attempt is made. A panic of an attempt is not recovered: the Runner does that.
//
// A Start while another runs, or after one that succeeded, is
// [runner.ErrAlreadyStarted]; one while Stop runs is [ErrStopping]. After Stop, a
// Stop that failed included, and after a Start that failed, Start can be called
// again, and begins with a fresh backoff. A nil ctx is an error.
func (r *Resource) Start(ctx context.Context) error {
	if r.resource == nil {
		return errNilResource
	}
	if err := checkContext(ctx); err != nil {
		return err
	}
	start, err := r.beginStart(ctx)
	if err != nil {
		return err
	}
	result := idle
	defer func() { r.endStart(result) }() // after a panic, too

	if err := r.policy.retry(start, r.resource, r.resource.Start); err != nil {
		return err
	}
	result = started
	return nil
}

// Stop stops the wrapped resource if it is started, and otherwise does
// nothing. Where the wrapped Stop returns an error or panics, both are possible, as
// with the wrapped resource itself: to call Stop again, which tries once more, and
// to call Start, for a caller that has given the resource up.
//
// During a Start, Stop ends the context of Start and waits until it has
// returned; if it has succeeded nevertheless, the wrapped resource is stopped.
// Where ctx ends during that wait, Stop returns an error that says so. A Stop
// while another one stops the wrapped resource is [ErrStopping]. A nil ctx is an
// error.
func (r *Resource) Stop(ctx context.Context) error {
	if err := checkContext(ctx); err != nil {
		return err
	}
	for {
		returned, now, err := r.beginStop()
		switch {
		case err != nil:
			return err
		case now == started:
			return r.stop(ctx)
		case now == idle:
			return nil
		}
		select {
		case <-returned:
		case <-ctx.Done():
			return fmt.Errorf("start has not returned: %w", reasonOf(ctx))
		}
	}
}

func (r *Resource) stop(ctx context.Context) error {
	result := unstopped
	defer func() { r.endStop(result) }()
	if err := r.resource.Stop(ctx); err != nil {
		return err
	}
	result = idle
	return nil
}

func (r *Resource) beginStart(ctx context.Context) (*startContext, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch r.phase {
	case starting, started:
		return nil, runner.ErrAlreadyStarted
	case stopping:
		return nil, ErrStopping
	}
	r.phase = starting
	r.start = &r.first
	if r.first.Context != nil { // used: somebody may have kept it
		r.start = &startContext{}
	}
	r.start.Context = ctx
	return r.start, nil
}

func (r *Resource) endStart(result phase) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.phase = result
	r.start.release()
	r.start = nil
	if r.returned != nil {
		close(r.returned)
		r.returned = nil
	}
}

// beginStop returns the phase it met. A running Start is cancelled, and
// returned is closed when it has returned; a resource that is to be stopped, which
// counts as started, is now stopping.
func (r *Resource) beginStop() (returned <-chan struct{}, now phase, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch now = r.phase; now {
	case stopping:
		return nil, now, ErrStopping
	case started, unstopped:
		r.phase = stopping
		return nil, started, nil
	case starting:
		if r.returned == nil {
			r.returned = make(chan struct{})
		}
		r.start.stop(ErrStopped)
	}
	return r.returned, now, nil
}

func (r *Resource) endStop(result phase) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.phase = result
}
