package journal

import (
	"context"
	"os"

	"github.com/go-fxservices/services/runner"
)

// Silent is an Observer that does nothing. Embed it in an Observer of few events.
type Silent struct{}

// BeforeStart implements [runner.Observer].
func (Silent) BeforeStart(context.Context, runner.Service) {}

// AfterStart implements [runner.Observer].
func (Silent) AfterStart(context.Context, runner.Service, error) {}

// BeforeStop implements [runner.Observer].
func (Silent) BeforeStop(context.Context, runner.Service) {}

// AfterStop implements [runner.Observer].
func (Silent) AfterStop(context.Context, runner.Service, error) {}

// BeforeLoad implements [runner.Observer].
func (Silent) BeforeLoad(context.Context, runner.Configurable) {}

// AfterLoad implements [runner.Observer].
func (Silent) AfterLoad(context.Context, runner.Configurable, error) {}

// SignalReceived implements [runner.Observer].
func (Silent) SignalReceived(os.Signal) {}

// Observer records the events of [runner.Observer]: "before start db", and after a
// call that failed "after start db: connection refused".
type Observer struct{ *Journal }

// BeforeStart implements [runner.Observer].
func (o Observer) BeforeStart(_ context.Context, s runner.Service) {
	o.Note("before start %s", s.Name())
}

// AfterStart implements [runner.Observer].
func (o Observer) AfterStart(_ context.Context, s runner.Service, err error) {
	o.Note("after start %s%s", s.Name(), because(err))
}

// BeforeStop implements [runner.Observer].
func (o Observer) BeforeStop(_ context.Context, s runner.Service) {
	o.Note("before stop %s", s.Name())
}

// AfterStop implements [runner.Observer].
func (o Observer) AfterStop(_ context.Context, s runner.Service, err error) {
	o.Note("after stop %s%s", s.Name(), because(err))
}

// BeforeLoad implements [runner.Observer].
func (o Observer) BeforeLoad(context.Context, runner.Configurable) { o.Note("before load") }

// AfterLoad implements [runner.Observer].
func (o Observer) AfterLoad(_ context.Context, _ runner.Configurable, err error) {
	o.Note("after load%s", because(err))
}

// SignalReceived implements [runner.Observer].
func (o Observer) SignalReceived(sig os.Signal) { o.Note("signal %v", sig) }

func because(err error) string {
	if err == nil {
		return ""
	}
	return ": " + err.Error()
}

// States records the states of a Runner only: "starting".
type States struct {
	Silent
	*Journal
}

// StateChanged implements [runner.StateObserver].
func (s States) StateChanged(_ context.Context, state runner.State) { s.Note("%v", state) }
