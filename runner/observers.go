package runner

import (
	"context"
	"os"
	"sync"
)

// observers tells every Observer of an event, in the order they were added. An
// Observer is sorted into its optional events once, when it is added.
type observers struct {
	all     []Observer
	failed  []ServerFailedObserver
	retries []RetryObserver
	states  []StateObserver
	queues  []QueueObserver
	waiting []ReadinessObserver

	mu     sync.Mutex
	panics []error
}

// maxPanics bounds what is kept of an Observer that panics at every event.
const maxPanics = 16

func (o *observers) add(observer Observer) {
	o.all = append(o.all, observer)
	if f, ok := observer.(ServerFailedObserver); ok {
		o.failed = append(o.failed, f)
	}
	if r, ok := observer.(RetryObserver); ok {
		o.retries = append(o.retries, r)
	}
	if s, ok := observer.(StateObserver); ok {
		o.states = append(o.states, s)
	}
	if q, ok := observer.(QueueObserver); ok {
		o.queues = append(o.queues, q)
	}
	if w, ok := observer.(ReadinessObserver); ok {
		o.waiting = append(o.waiting, w)
	}
}

// takePanics returns the panics since the last call.
func (o *observers) takePanics() []error {
	o.mu.Lock()
	defer o.mu.Unlock()
	panics := o.panics
	o.panics = nil
	return panics
}

// tell calls event for each of all, though some may panic. It must run on a
// goroutine that may end: an Observer may call runtime.Goexit, as a test that fails
// does.
func tell[O any](o *observers, all []O, event func(O)) {
	next := 0
	defer func() {
		if next < len(all) {
			o.note(all[next], recover())
			tell(o, all[next+1:], event)
		}
	}()
	for ; next < len(all); next++ {
		event(all[next])
	}
}

// tellApart is tell on a goroutine of its own, for callers that must go on. It
// returns when all are told.
func tellApart[O any](o *observers, all []O, event func(O)) {
	told := make(chan struct{})
	go func() {
		defer close(told)
		tell(o, all, event)
	}()
	<-told
}

// note keeps the panic of an Observer. It is nil for runtime.Goexit.
func (o *observers) note(observer any, panicked any) {
	err := &ObserverError{Observer: observer, Err: newPanicError(panicked)}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.panics) < maxPanics {
		o.panics = append(o.panics, err)
	}
}

// What follows are the events. Each looks first whether anybody is to be told:
// without an Observer an event must cost nothing, not even its closure.

func (o *observers) beforeLoad(ctx context.Context, c Configurable) {
	if len(o.all) > 0 {
		tell(o, o.all, func(observer Observer) { observer.BeforeLoad(ctx, c) })
	}
}

func (o *observers) afterLoad(ctx context.Context, c Configurable, err error) {
	if len(o.all) > 0 {
		tell(o, o.all, func(observer Observer) { observer.AfterLoad(ctx, c, err) })
	}
}

func (o *observers) beforeStart(ctx context.Context, s Service) {
	if len(o.all) > 0 {
		tell(o, o.all, func(observer Observer) { observer.BeforeStart(ctx, s) })
	}
}

func (o *observers) afterStart(ctx context.Context, s Service, err error) {
	if len(o.all) > 0 {
		tell(o, o.all, func(observer Observer) { observer.AfterStart(ctx, s, err) })
	}
}

func (o *observers) beforeStop(ctx context.Context, s Service) {
	if len(o.all) > 0 {
		tell(o, o.all, func(observer Observer) { observer.BeforeStop(ctx, s) })
	}
}

func (o *observers) afterStop(ctx context.Context, s Service, err error) {
	if len(o.all) > 0 {
		tell(o, o.all, func(observer Observer) { observer.AfterStop(ctx, s, err) })
	}
}

func (o *observers) signalReceived(sig os.Signal) {
	if len(o.all) > 0 {
		tellApart(o, o.all, func(observer Observer) { observer.SignalReceived(sig) })
	}
}

func (o *observers) serverFailed(ctx context.Context, s Server, err error) {
	if len(o.failed) > 0 {
		tell(o, o.failed, func(observer ServerFailedObserver) { observer.ServerFailed(ctx, s, err) })
	}
}

func (o *observers) beforeRetry(ctx context.Context, s Service, attempt int) {
	if len(o.retries) > 0 {
		tellApart(o, o.retries, func(observer RetryObserver) { observer.BeforeRetry(ctx, s, attempt) })
	}
}

func (o *observers) stateChanged(ctx context.Context, state State) {
	if len(o.states) > 0 {
		tellApart(o, o.states, func(observer StateObserver) { observer.StateChanged(ctx, state) })
	}
}

func (o *observers) servicesQueued(ctx context.Context, services func() []Service) {
	if len(o.queues) > 0 {
		queued := services()
		tellApart(o, o.queues, func(observer QueueObserver) { observer.ServicesQueued(ctx, queued) })
	}
}

func (o *observers) beforeReady(ctx context.Context, s Service) {
	if len(o.waiting) > 0 {
		tell(o, o.waiting, func(observer ReadinessObserver) { observer.BeforeReady(ctx, s) })
	}
}
