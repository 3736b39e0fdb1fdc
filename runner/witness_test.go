package runner_test

import (
	"context"
	"os"

	"github.com/go-fxservices/services/internal/layers"
	"github.com/go-fxservices/services/runner"
)

// nobody is an Observer that does nothing.
type nobody struct{}

func (nobody) BeforeStart(context.Context, runner.Service)           {}
func (nobody) AfterStart(context.Context, runner.Service, error)     {}
func (nobody) BeforeStop(context.Context, runner.Service)            {}
func (nobody) AfterStop(context.Context, runner.Service, error)      {}
func (nobody) BeforeLoad(context.Context, runner.Configurable)       {}
func (nobody) AfterLoad(context.Context, runner.Configurable, error) {}
func (nobody) SignalReceived(os.Signal)                              {}

// witness is an Observer that notes all it is told.
type witness struct{ *journal }

func (w witness) BeforeStart(_ context.Context, s runner.Service) {
	w.note("before start %s", s.Name())
}

func (w witness) AfterStart(_ context.Context, s runner.Service, err error) {
	w.note("after start %s%s", s.Name(), because(err))
}

func (w witness) BeforeStop(_ context.Context, s runner.Service) {
	w.note("before stop %s", s.Name())
}

func (w witness) AfterStop(_ context.Context, s runner.Service, err error) {
	w.note("after stop %s%s", s.Name(), because(err))
}

func (w witness) BeforeLoad(context.Context, runner.Configurable) { w.note("before load") }

func (w witness) AfterLoad(_ context.Context, _ runner.Configurable, err error) {
	w.note("after load%s", because(err))
}

func (w witness) SignalReceived(sig os.Signal) { w.note("signal %v", sig) }

// because writes the error of an event, or nothing for nil.
func because(err error) string {
	if err == nil {
		return ""
	}
	return ": " + err.Error()
}

// failureWitness notes the failures of servers only.
type failureWitness struct {
	nobody
	*journal
}

func (w failureWitness) ServerFailed(_ context.Context, s runner.Server, err error) {
	w.note("server %s failed: %v", s.Name(), err)
}

// stateWitness notes the states of a Runner only.
type stateWitness struct {
	nobody
	*journal
}

func (w stateWitness) StateChanged(_ context.Context, state runner.State) { w.note("%v", state) }

// retryWitness notes the attempts of a retrier only.
type retryWitness struct {
	nobody
	*journal
}

func (w retryWitness) BeforeRetry(_ context.Context, s runner.Service, attempt int) {
	w.note("attempt %d of %s", attempt, s.Name())
}

// queueWitness notes what is queued, and what has yet to become ready.
type queueWitness struct {
	nobody
	*journal
}

func (w queueWitness) ServicesQueued(_ context.Context, services []runner.Service) {
	for _, s := range services {
		if needs := layers.DependenciesOf(s); len(needs) > 0 {
			w.note("queued %s after %d", s.Name(), len(needs))
		} else {
			w.note("queued %s", s.Name())
		}
	}
}

func (w queueWitness) BeforeReady(_ context.Context, s runner.Service) {
	w.note("waits for %s", s.Name())
}

// told is an Observer of which one event does something.
type told struct {
	nobody
	beforeStart, afterStart, beforeStop, afterStop, signal func()
}

func (o *told) BeforeStart(context.Context, runner.Service)       { do(o.beforeStart) }
func (o *told) AfterStart(context.Context, runner.Service, error) { do(o.afterStart) }
func (o *told) BeforeStop(context.Context, runner.Service)        { do(o.beforeStop) }
func (o *told) AfterStop(context.Context, runner.Service, error)  { do(o.afterStop) }
func (o *told) SignalReceived(os.Signal)                          { do(o.signal) }

func do(fn func()) {
	if fn != nil {
		fn()
	}
}
