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
	builder  Builder

	mu       sync.Mutex
	phase    phase
	start    *startContext // of the Start that runs
	first    startContext  // of the first Start, which is the only one for most
	returned chan struct{} // closed when it has returned; nil if nobody waits
}

var _ runner.Resource = (*Resource)(nil)

// phase is where the wrapped service is in its life.
type phase int

const (
	idle phase = iota
	starting
	started
	stopping
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
// stops; when an attempt fails with a [backoff.PermanentError]; when Stop is
// called. Where ctx has ended before, no attempt is made. A panic of an attempt
// is not recovered: the Runner does that.
//
// A Start while another runs, or after one that succeeded, is
// [runner.ErrAlreadyStarted]; one while Stop runs is [ErrStopping]. After Stop,
// and after a Start that failed, it can be called again, and begins with a
// fresh backoff.
func (r *Resource) Start(ctx context.Context) error {
	if r.resource == nil {
		return errNilResource
	}
	start, err := r.beginStart(ctx)
	if err != nil {
		return err
	}
	result := idle
	defer func() { r.endStart(result) }() // after a panic, too

	if err := r.retry(start); err != nil {
		return err
	}
	result = started
	return nil
}

// Stop stops the wrapped resource if it is started, and otherwise does
// nothing. Where that returns an error it remains started, and Stop can be
// called again.
//
// During a Start, Stop ends the context of Start and waits until it has
// returned; if it has succeeded nevertheless, the wrapped resource is stopped.
// Where ctx ends during that wait, Stop returns an error that says so. A Stop
// while another one stops the wrapped resource is [ErrStopping].
func (r *Resource) Stop(ctx context.Context) error {
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
	result := started
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
// returned is closed when it has returned; a started resource is now stopping.
func (r *Resource) beginStop() (returned <-chan struct{}, now phase, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now = r.phase
	switch now {
	case stopping:
		return nil, now, ErrStopping
	case started:
		r.phase = stopping
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
