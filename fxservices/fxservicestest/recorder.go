package fxservicestest

import (
	"context"
	"errors"
	"os"
	"slices"
	"sync"

	"github.com/go-fxservices/services/runner"
)

// recorder is an Observer that records what happens.
type recorder struct {
	mu      sync.Mutex
	events  []string
	started []string
}

func (r *recorder) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}

func (r *recorder) order() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.started)
}

func (r *recorder) record(event string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, event)
}

// end records the end of a step: done, or before and the error.
func (r *recorder) end(before, done, name string, err error) {
	if err == nil {
		r.record(done + " " + name)
		return
	}
	r.record(before + " " + name + ": " + causeOf(err).Error())
}

// causeOf returns the error of the service, without what the Runner adds to it.
func causeOf(err error) error {
	var failed *runner.ServiceError
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

// words are what the steps of a kind of service are called.
type words struct{ start, started, stop, stopped string }

var wordsOf = map[runner.Kind]words{
	runner.KindResource: {"start", "started", "stop", "stopped"},
	runner.KindServer:   {"listen", "listening", "close", "closed"},
	runner.KindJob:      {"run", "running", "end", "ended"},
}

// BeforeLoad implements [runner.Observer].
func (r *recorder) BeforeLoad(_ context.Context, c runner.Configurable) {
	r.record("load " + nameOf(c))
}

// AfterLoad implements [runner.Observer].
func (r *recorder) AfterLoad(_ context.Context, c runner.Configurable, err error) {
	r.end("load", "loaded", nameOf(c), err)
}

// BeforeStart implements [runner.Observer].
func (r *recorder) BeforeStart(_ context.Context, s runner.Service) {
	r.record(wordsOf[runner.KindOf(s)].start + " " + runner.NameOf(s))
}

// AfterStart implements [runner.Observer].
func (r *recorder) AfterStart(_ context.Context, s runner.Service, err error) {
	w, name := wordsOf[runner.KindOf(s)], runner.NameOf(s)
	r.end(w.start, w.started, name, err)
	if err == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.started = append(r.started, name)
	}
}

// BeforeStop implements [runner.Observer].
func (r *recorder) BeforeStop(_ context.Context, s runner.Service) {
	r.record(wordsOf[runner.KindOf(s)].stop + " " + runner.NameOf(s))
}

// AfterStop implements [runner.Observer].
func (r *recorder) AfterStop(_ context.Context, s runner.Service, err error) {
	w := wordsOf[runner.KindOf(s)]
	r.end(w.stop, w.stopped, runner.NameOf(s), err)
}

// SignalReceived implements [runner.Observer]. There are none.
func (r *recorder) SignalReceived(os.Signal) {}

// ServerFailed implements [runner.ServerFailedObserver].
func (r *recorder) ServerFailed(_ context.Context, s runner.Server, err error) {
	r.record(runner.NameOf(s) + " failed: " + causeOf(err).Error())
}

// ServiceFailed implements [runner.ServiceFailedObserver].
func (r *recorder) ServiceFailed(_ context.Context, s runner.Service, err error) {
	r.record(runner.NameOf(s) + " failed: " + causeOf(err).Error())
}

// JobDone implements [runner.JobObserver].
func (r *recorder) JobDone(_ context.Context, j runner.Job, err error) {
	r.end("run", "done", runner.NameOf(j), err)
}

func nameOf(c runner.Configurable) string {
	if s, ok := c.(runner.Service); ok {
		return runner.NameOf(s)
	}
	return "a service"
}
