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
}

// guard is deferred around each call of an Observer: *returned is false there
// only after a panic or runtime.Goexit.
func (o *observers) guard(observer any, returned *bool) {
	if *returned {
		return
	}
	err := &ObserverError{Observer: observer, Err: newPanicError(recover())}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.panics) < maxPanics {
		o.panics = append(o.panics, err)
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

func (o *observers) beforeLoad(ctx context.Context, c Configurable) {
	for _, observer := range o.all {
		o.tellBeforeLoad(ctx, observer, c)
	}
}

func (o *observers) afterLoad(ctx context.Context, c Configurable, err error) {
	for _, observer := range o.all {
		o.tellAfterLoad(ctx, observer, c, err)
	}
}

func (o *observers) beforeStart(ctx context.Context, s Service) {
	for _, observer := range o.all {
		o.tellBeforeStart(ctx, observer, s)
	}
}

func (o *observers) afterStart(ctx context.Context, s Service, err error) {
	for _, observer := range o.all {
		o.tellAfterStart(ctx, observer, s, err)
	}
}

func (o *observers) beforeStop(ctx context.Context, s Service) {
	for _, observer := range o.all {
		o.tellBeforeStop(ctx, observer, s)
	}
}

func (o *observers) afterStop(ctx context.Context, s Service, err error) {
	for _, observer := range o.all {
		o.tellAfterStop(ctx, observer, s, err)
	}
}

func (o *observers) signalReceived(sig os.Signal) {
	for _, observer := range o.all {
		o.tellSignal(observer, sig)
	}
}

func (o *observers) serverFailed(ctx context.Context, s Server, err error) {
	for _, observer := range o.failed {
		o.tellServerFailed(ctx, observer, s, err)
	}
}

func (o *observers) beforeRetry(ctx context.Context, s Service, attempt int) {
	for _, observer := range o.retries {
		o.tellBeforeRetry(ctx, observer, s, attempt)
	}
}

func (o *observers) stateChanged(ctx context.Context, state State) {
	for _, observer := range o.states {
		o.tellStateChanged(ctx, observer, state)
	}
}

// What follows makes one call each, guarded: a deferred call costs nothing this
// way, where a closure for each event would be allocated.

func (o *observers) tellBeforeLoad(ctx context.Context, observer Observer, c Configurable) {
	returned := false
	defer o.guard(observer, &returned)
	observer.BeforeLoad(ctx, c)
	returned = true
}

func (o *observers) tellAfterLoad(ctx context.Context, observer Observer, c Configurable, err error) {
	returned := false
	defer o.guard(observer, &returned)
	observer.AfterLoad(ctx, c, err)
	returned = true
}

func (o *observers) tellBeforeStart(ctx context.Context, observer Observer, s Service) {
	returned := false
	defer o.guard(observer, &returned)
	observer.BeforeStart(ctx, s)
	returned = true
}

func (o *observers) tellAfterStart(ctx context.Context, observer Observer, s Service, err error) {
	returned := false
	defer o.guard(observer, &returned)
	observer.AfterStart(ctx, s, err)
	returned = true
}

func (o *observers) tellBeforeStop(ctx context.Context, observer Observer, s Service) {
	returned := false
	defer o.guard(observer, &returned)
	observer.BeforeStop(ctx, s)
	returned = true
}

func (o *observers) tellAfterStop(ctx context.Context, observer Observer, s Service, err error) {
	returned := false
	defer o.guard(observer, &returned)
	observer.AfterStop(ctx, s, err)
	returned = true
}

func (o *observers) tellSignal(observer Observer, sig os.Signal) {
	returned := false
	defer o.guard(observer, &returned)
	observer.SignalReceived(sig)
	returned = true
}

func (o *observers) tellServerFailed(ctx context.Context, observer ServerFailedObserver, s Server, err error) {
	returned := false
	defer o.guard(observer, &returned)
	observer.ServerFailed(ctx, s, err)
	returned = true
}

func (o *observers) tellBeforeRetry(ctx context.Context, observer RetryObserver, s Service, attempt int) {
	returned := false
	defer o.guard(observer, &returned)
	observer.BeforeRetry(ctx, s, attempt)
	returned = true
}

func (o *observers) tellStateChanged(ctx context.Context, observer StateObserver, state State) {
	returned := false
	defer o.guard(observer, &returned)
	observer.StateChanged(ctx, state)
	returned = true
}
