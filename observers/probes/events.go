package probes

import (
	"context"
	"os"

	"github.com/go-fxservices/services/internal/layers"
	"github.com/go-fxservices/services/runner"
)

// BeforeStart implements [runner.Observer].
func (p *Probes) BeforeStart(ctx context.Context, s runner.Service) {
	added := newService(ctx, s, p.settings)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.services = append(p.services, added)
}

// AfterStart implements [runner.Observer]. A service that has started is asked from now on.
func (p *Probes) AfterStart(ctx context.Context, s runner.Service, err error) {
	key := layers.KeyOf(s)
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.find(key, (*service).isStarting)
	if i < 0 {
		return
	}
	started := p.services[i]
	if err != nil || started.done {
		p.remove(i)
		return
	}
	copy(p.services[i:], p.services[i+1:])
	p.services[len(p.services)-1] = started
	started.up = true
}

// BeforeStop implements [runner.Observer]. A service that is about to stop is not asked any more, and the contexts of its
// checks end.
func (p *Probes) BeforeStop(_ context.Context, s runner.Service) {
	key := layers.KeyOf(s)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.remove(p.find(key, (*service).isUp))
}

// AfterStop implements [runner.Observer].
func (p *Probes) AfterStop(context.Context, runner.Service, error) {}

// BeforeLoad implements [runner.Observer].
func (p *Probes) BeforeLoad(context.Context, runner.Configurable) {}

// AfterLoad implements [runner.Observer].
func (p *Probes) AfterLoad(context.Context, runner.Configurable, error) {}

// ServerFailed implements [runner.ServerFailedObserver].
func (p *Probes) ServerFailed(_ context.Context, s runner.Server, _ error) { p.fail(s) }

// ServiceFailed implements [runner.ServiceFailedObserver].
func (p *Probes) ServiceFailed(_ context.Context, s runner.Service, _ error) { p.fail(s) }

// fail notes that s has failed, and so has ended the Runner, or one of its Runs.
func (p *Probes) fail(s runner.Service) {
	key := layers.KeyOf(s)
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := p.find(key, (*service).isAny); i >= 0 {
		p.services[i].failed = true
	}
}

// JobDone implements [runner.JobObserver]. A Job that is done counts as stopped.
func (p *Probes) JobDone(_ context.Context, j runner.Job, err error) {
	if err != nil {
		p.fail(j)
		return
	}
	key := layers.KeyOf[runner.Service](j)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch i := p.find(key, (*service).isAny); {
	case i < 0:
	case p.services[i].up:
		p.remove(i)
	default:
		p.services[i].done = true // AfterStart is still to come
	}
}

// StateChanged implements [runner.StateObserver].
func (p *Probes) StateChanged(_ context.Context, state runner.State) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state = state
	switch state {
	case runner.StateReady:
		p.begun = true
	case runner.StateStarting, runner.StateStopped: // another life of the Runner, or the end of this one
		p.signaled = false
	}
}

// SignalReceived implements [runner.Observer]. A signal takes effect before the state of the Runner changes, and where the
// Runner is used with Start and Wait that changes only with Finish.
func (p *Probes) SignalReceived(os.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.signaled = p.state != runner.StateStopped // else it came too late to be told before the end
}
