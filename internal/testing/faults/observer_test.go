//go:build unix

package faults_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/go-fxservices/services/runner"
)

// drainDelay is that of a program.
type drainDelay time.Duration

const (
	drainsShortly = drainDelay(300 * time.Millisecond)
	drainsTooLong = drainDelay(2 * tooLong)
	servicesInAll = 4
)

// observer says the states of the Runner, its signals, and which servers fail. Other
// events it says where they do something.
type observer struct {
	p *program
	*observed
}

type observed struct {
	started  int
	draining time.Time // since when; zero: it is not
}

var (
	_ runner.Observer             = observer{}
	_ runner.ServerFailedObserver = observer{}
	_ runner.RetryObserver        = observer{}
	_ runner.StateObserver        = observer{}
)

func (o observer) BeforeLoad(_ context.Context, c runner.Configurable) {
	o.p.observed("before load " + c.(*DB).Name())
}

func (o observer) AfterLoad(_ context.Context, c runner.Configurable, _ error) {
	o.p.observed("after load " + c.(*DB).Name())
}

func (o observer) BeforeStart(_ context.Context, s runner.Service) {
	o.p.observed("before start " + s.Name())
}

func (o observer) AfterStart(_ context.Context, s runner.Service, err error) {
	if err == nil {
		o.started++
	}
	o.p.observed("after start " + s.Name())
}

func (o observer) BeforeRetry(_ context.Context, s runner.Service, attempt int) {
	o.p.observed(fmt.Sprintf("attempt %d to start %s", attempt, s.Name()))
}

func (o observer) BeforeStop(_ context.Context, s runner.Service) {
	o.p.observed("before stop " + s.Name())
}

func (o observer) AfterStop(_ context.Context, s runner.Service, _ error) {
	o.p.observed("after stop " + s.Name())
}

func (o observer) ServerFailed(ctx context.Context, s runner.Server, _ error) {
	_ = o.p.call(ctx, "failed "+s.Name())
}

func (o observer) SignalReceived(sig os.Signal) {
	o.p.say("signal " + sig.String())
	o.p.reach("signal")
	_ = o.p.do(context.Background(), "signal")
}

func (o observer) StateChanged(ctx context.Context, state runner.State) {
	switch state {
	case runner.StateReady:
		if o.started == servicesInAll {
			_ = o.p.call(ctx, "up")
			return
		}
	case runner.StateDraining:
		o.draining = time.Now()
		o.awaitSignal()
	case runner.StateStopping:
		o.awaitSignal()
		if !o.draining.IsZero() && time.Since(o.draining) < time.Duration(o.p.scenario.drain)/10 {
			o.p.say("drain cut short")
		}
	}
	_ = o.p.call(ctx, state.String())
}

// awaitSignal keeps the order of the lines. fx receives signals too, and may have
// been faster to act on the one that ends the serving.
func (o observer) awaitSignal() {
	if o.p.hears() && slices.Contains(o.p.scenario.at, "up") && o.started == servicesInAll {
		<-o.p.moment("signal")
	}
}
