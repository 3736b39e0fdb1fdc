package runnertest_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

var (
	errNilContext = errors.New("nil context")
	errStarted    = errors.New("already started")
	errStopped    = errors.New("not started")
)

// parts are the methods of a service. A test that breaks one replaces it.
type parts struct {
	name          func() string
	load          func(context.Context) error
	start, stop   func(context.Context) error // of a Resource
	listen, close func(context.Context) error // of a Server
	run           func(context.Context) error // of a Job
	ready         func(context.Context) error
	healthy       func(context.Context) error
	failed        func() <-chan error
}

func (p *parts) Name() string                        { return p.name() }
func (p *parts) Load(ctx context.Context) error      { return p.load(ctx) }
func (p *parts) IsReady(ctx context.Context) error   { return p.ready(ctx) }
func (p *parts) IsHealthy(ctx context.Context) error { return p.healthy(ctx) }
func (p *parts) Failed() <-chan error                { return p.failed() }

type resource struct{ *parts }

func (r resource) Start(ctx context.Context) error { return r.start(ctx) }
func (r resource) Stop(ctx context.Context) error  { return r.stop(ctx) }

type server struct{ *parts }

func (s server) Listen(ctx context.Context) error { return s.listen(ctx) }
func (s server) Close(ctx context.Context) error  { return s.close(ctx) }

type job struct{ *parts }

func (j job) Run(ctx context.Context) error { return j.run(ctx) }

// worker is the state of a service that keeps every rule: a goroutine works while it is up.
type worker struct {
	lasts time.Duration // of run; 0: it is short

	mu   sync.Mutex
	stop chan struct{} // closed to end the goroutine; nil: there is none
	done chan struct{} // closed once it has ended
}

func (w *worker) parts() *parts {
	return &parts{
		name: func() string { return "worker" },
		load: check, start: w.start, stop: w.end, listen: w.listen, close: w.end, run: w.run,
		ready: w.isUp, healthy: check, failed: func() <-chan error { return nil },
	}
}

// check returns an error for a context that is nil or has ended.
func check(ctx context.Context) error {
	switch {
	case ctx == nil:
		return errNilContext
	case ctx.Err() != nil:
		return fmt.Errorf("check: %w", context.Cause(ctx))
	default:
		return nil
	}
}

func (w *worker) start(ctx context.Context) error {
	if err := check(ctx); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stop != nil {
		return errStarted
	}
	w.stop, w.done = make(chan struct{}), make(chan struct{})
	go work(w.stop, w.done)
	return nil
}

func work(stop <-chan struct{}, done chan<- struct{}) {
	<-stop
	close(done)
}

func (w *worker) end(ctx context.Context) error {
	if ctx == nil {
		return errNilContext
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stop == nil {
		return nil
	}
	close(w.stop)
	<-w.done
	w.stop = nil
	return ctx.Err()
}

func (w *worker) listen(ctx context.Context) error {
	if err := w.start(ctx); err != nil {
		return err
	}
	w.mu.Lock()
	done := w.done
	w.mu.Unlock()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return errors.Join(w.end(context.WithoutCancel(ctx)), ctx.Err())
	}
}

func (w *worker) run(ctx context.Context) error {
	if err := w.start(ctx); err != nil {
		return err
	}
	_ = takes(cmp.Or(w.lasts, 20*time.Millisecond))(ctx)
	return w.end(ctx)
}

func (w *worker) isUp(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stop == nil {
		return errStopped
	}
	return check(ctx)
}

// takes returns a step that lasts for d, or until its context ends.
func takes(d time.Duration) func(context.Context) error {
	return func(ctx context.Context) error {
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
