package runner

import (
	"context"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/go-fxservices/services/internal/identity"
)

// observers are the Observers of a Runner, sorted once into the events that each of them wants.
type observers struct {
	all         []seated[Observer]
	failed      []seated[ServerFailedObserver]
	reported    []seated[ServiceFailedObserver]
	retries     []seated[RetryObserver]
	failures    []seated[RetryFailedObserver]
	states      []seated[StateObserver]
	queues      []seated[QueueObserver]
	waiting     []seated[ReadinessObserver]
	jobs        []seated[JobObserver]
	gracePeriod []seated[GracePeriodObserver]
	steps       []seated[StepObserver]

	gate gate
	mu   sync.Mutex
	errs []error // what Observers did wrong
}

// maxObserverErrors bounds what is kept of an Observer that panics at every event.
const maxObserverErrors = 16

// add adds an Observer, unless that very instance is there already.
func (o *observers) add(observer Observer) {
	key := identity.Of(observer)
	if key != nil && slices.ContainsFunc(o.all, func(s seated[Observer]) bool { return identity.Of(s.observer) == key }) {
		return
	}
	at := &seat{observer: observer}
	addIf(&o.all, at)
	addIf(&o.failed, at)
	addIf(&o.reported, at)
	addIf(&o.retries, at)
	addIf(&o.failures, at)
	addIf(&o.states, at)
	addIf(&o.queues, at)
	addIf(&o.waiting, at)
	addIf(&o.jobs, at)
	addIf(&o.gracePeriod, at)
	addIf(&o.steps, at)
}

// given returns all Observers.
func (o *observers) given() []any {
	given := make([]any, len(o.all))
	for i, at := range o.all {
		given[i] = at.observer
	}
	return given
}

// any reports whether there is anybody to tell of a service. The contexts of events cost more than everything else.
func (o *observers) any() bool { return len(o.all) > 0 }

// anySteps reports whether anybody adds to the contexts of calls.
func (o *observers) anySteps() bool { return len(o.steps) > 0 }

func addIf[O any](all *[]seated[O], at *seat) {
	if o, ok := at.observer.(O); ok {
		*all = append(*all, seated[O]{o, at})
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

func (o *observers) serviceFailed(ctx context.Context, s Service, err error) *event {
	return newEvent(o, o.reported, func(observer ServiceFailedObserver) { observer.ServiceFailed(ctx, s, err) })
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

func (o *observers) gracePeriodTooShort(ctx context.Context, need, have time.Duration, chain []Service) *event {
	return newEvent(o, o.gracePeriod, func(observer GracePeriodObserver) {
		observer.GracePeriodTooShort(ctx, need, have, chain)
	})
}

func (o *observers) jobDone(ctx context.Context, job Job, err error) *event {
	return newEvent(o, o.jobs, func(observer JobObserver) { observer.JobDone(ctx, job, err) })
}
