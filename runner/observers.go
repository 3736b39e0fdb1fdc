package runner

import (
	"context"
	"os"
	"sync"
	"time"
)

// observers are the Observers of a Runner, sorted once into the events that each of them wants.
type observers struct {
	all         []Observer
	failed      []ServerFailedObserver
	retries     []RetryObserver
	failures    []RetryFailedObserver
	states      []StateObserver
	queues      []QueueObserver
	waiting     []ReadinessObserver
	jobs        []JobObserver
	gracePeriod []GracePeriodObserver
	steps       []StepObserver

	gate gate
	mu   sync.Mutex
	errs []error // what Observers did wrong
}

// maxObserverErrors bounds what is kept of an Observer that panics at every event.
const maxObserverErrors = 16

func (o *observers) add(observer Observer) {
	o.all = append(o.all, observer)
	addIf(&o.failed, observer)
	addIf(&o.retries, observer)
	addIf(&o.failures, observer)
	addIf(&o.states, observer)
	addIf(&o.queues, observer)
	addIf(&o.waiting, observer)
	addIf(&o.jobs, observer)
	addIf(&o.gracePeriod, observer)
	addIf(&o.steps, observer)
}

// any reports whether there is anybody to tell of a service. The contexts of events cost more than everything else.
func (o *observers) any() bool { return len(o.all) > 0 }

func addIf[O any](all *[]O, observer Observer) {
	if o, ok := observer.(O); ok {
		*all = append(*all, o)
	}
}

// note keeps what an Observer did wrong.
func (o *observers) note(observer any, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.errs) < maxObserverErrors {
		o.errs = append(o.errs, &ObserverError{Observer: observer, Err: err})
	}
}

// takeErrors returns what Observers did wrong since the last call.
func (o *observers) takeErrors() []error {
	o.mu.Lock()
	defer o.mu.Unlock()
	errs := o.errs
	o.errs = nil
	return errs
}

// The events follow. Each asks first whether there is anybody to tell: without an Observer an event must cost nothing, not
// even its closure.

func (o *observers) beforeLoad(ctx context.Context, c Configurable) *event {
	if len(o.all) == 0 {
		return nil
	}
	return newEvent(o, o.all, func(observer Observer) { observer.BeforeLoad(ctx, c) })
}

func (o *observers) afterLoad(ctx context.Context, c Configurable, err error) *event {
	if len(o.all) == 0 {
		return nil
	}
	return newEvent(o, o.all, func(observer Observer) { observer.AfterLoad(ctx, c, err) })
}

func (o *observers) beforeStart(ctx context.Context, s Service) *event {
	if len(o.all) == 0 {
		return nil
	}
	return newEvent(o, o.all, func(observer Observer) { observer.BeforeStart(ctx, s) })
}

func (o *observers) afterStart(ctx context.Context, s Service, err error) *event {
	if len(o.all) == 0 {
		return nil
	}
	return newEvent(o, o.all, func(observer Observer) { observer.AfterStart(ctx, s, err) })
}

func (o *observers) beforeStop(ctx context.Context, s Service) *event {
	if len(o.all) == 0 {
		return nil
	}
	return newEvent(o, o.all, func(observer Observer) { observer.BeforeStop(ctx, s) })
}

func (o *observers) afterStop(ctx context.Context, s Service, err error) *event {
	if len(o.all) == 0 {
		return nil
	}
	return newEvent(o, o.all, func(observer Observer) { observer.AfterStop(ctx, s, err) })
}

func (o *observers) signalReceived(sig os.Signal) *event {
	return newEvent(o, o.all, func(observer Observer) { observer.SignalReceived(sig) })
}

func (o *observers) serverFailed(ctx context.Context, s Server, err error) *event {
	return newEvent(o, o.failed, func(observer ServerFailedObserver) { observer.ServerFailed(ctx, s, err) })
}

func (o *observers) beforeRetry(ctx context.Context, s Service, attempt int) *event {
	return newEvent(o, o.retries, func(observer RetryObserver) { observer.BeforeRetry(ctx, s, attempt) })
}

func (o *observers) retryFailed(ctx context.Context, s Service, attempt int, err error, pause time.Duration) *event {
	return newEvent(o, o.failures, func(observer RetryFailedObserver) { observer.RetryFailed(ctx, s, attempt, err, pause) })
}

func (o *observers) stateChanged(ctx context.Context, state State) *event {
	return newEvent(o, o.states, func(observer StateObserver) { observer.StateChanged(ctx, state) })
}

func (o *observers) servicesQueued(ctx context.Context, services []Service) *event {
	return newEvent(o, o.queues, func(observer QueueObserver) { observer.ServicesQueued(ctx, services) })
}

func (o *observers) beforeReady(ctx context.Context, s Service) *event {
	if len(o.waiting) == 0 {
		return nil
	}
	return newEvent(o, o.waiting, func(observer ReadinessObserver) { observer.BeforeReady(ctx, s) })
}

func (o *observers) jobDone(ctx context.Context, job Job, err error) *event {
	return newEvent(o, o.jobs, func(observer JobObserver) { observer.JobDone(ctx, job, err) })
}
