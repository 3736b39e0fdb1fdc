package promservice

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/go-fxservices/services/runner"
)

var (
	_ runner.Observer              = (*Metrics)(nil)
	_ runner.QueueObserver         = (*Metrics)(nil)
	_ runner.StateObserver         = (*Metrics)(nil)
	_ runner.JobObserver           = (*Metrics)(nil)
	_ runner.RetryFailedObserver   = (*Metrics)(nil)
	_ runner.ServerFailedObserver  = (*Metrics)(nil)
	_ runner.ServiceFailedObserver = (*Metrics)(nil)
)

// ServicesQueued implements [runner.QueueObserver].
func (m *Metrics) ServicesQueued(_ context.Context, all []runner.Service) {
	for _, s := range all {
		m.model.change(idOf(s), func(s *service) { s.state = runner.ServiceNew })
	}
}

// BeforeLoad implements [runner.Observer].
func (m *Metrics) BeforeLoad(_ context.Context, c runner.Configurable) {
	m.loading(c, func(s *service) { s.state = runner.ServiceLoading })
}

// AfterLoad implements [runner.Observer]. A service that cannot load is not started, so this is its start that fails.
func (m *Metrics) AfterLoad(_ context.Context, c runner.Configurable, err error) {
	m.loading(c, func(s *service) {
		s.state = runner.ServiceNew
		if err != nil {
			s.fail(err)
		}
	})
}

// loading changes the service that c is a layer of. Where a layer around it has another name there is no way to know.
func (m *Metrics) loading(c runner.Configurable, change func(*service)) {
	if s, ok := c.(runner.Service); ok {
		m.model.changeKnown(idOf(s), change)
	}
}

// BeforeStart implements [runner.Observer].
func (m *Metrics) BeforeStart(_ context.Context, s runner.Service) {
	now := time.Now()
	m.model.change(idOf(s), func(s *service) { s.state, s.began = runner.ServiceStarting, now })
}

// AfterStart implements [runner.Observer].
func (m *Metrics) AfterStart(_ context.Context, s runner.Service, err error) {
	checks := checksOf(s)
	m.model.change(idOf(s), func(s *service) {
		s.started = since(s.began)
		if err != nil {
			s.errors++
			s.fail(err)
			return
		}
		s.succeeds++
		if s.state == runner.ServiceStarting { // else it is a Job that is done
			s.state = runner.ServiceReady
			s.checks = append(s.checks, checks...)
		}
	})
}

// RetryFailed implements [runner.RetryFailedObserver].
func (m *Metrics) RetryFailed(_ context.Context, s runner.Service, _ int, _ error, _ time.Duration) {
	m.model.change(idOf(s), func(s *service) { s.errors++ })
}

// BeforeStop implements [runner.Observer].
func (m *Metrics) BeforeStop(_ context.Context, s runner.Service) {
	now := time.Now()
	m.model.change(idOf(s), func(s *service) {
		s.state, s.began = runner.ServiceStopping, now
		s.down()
	})
}

// AfterStop implements [runner.Observer].
func (m *Metrics) AfterStop(_ context.Context, s runner.Service, err error) {
	m.model.change(idOf(s), func(s *service) {
		s.state, s.stopped = runner.ServiceStopped, since(s.began)
		if err != nil {
			s.fail(err)
		}
	})
}

// JobDone implements [runner.JobObserver].
func (m *Metrics) JobDone(_ context.Context, j runner.Job, err error) {
	m.model.change(idOf(j), func(s *service) {
		s.state = runner.ServiceStopped
		s.down()
		if err != nil {
			s.fail(err)
		}
	})
}

// ServerFailed implements [runner.ServerFailedObserver].
func (m *Metrics) ServerFailed(_ context.Context, s runner.Server, err error) {
	m.model.change(idOf(s), func(s *service) { s.fail(err) })
}

// ServiceFailed implements [runner.ServiceFailedObserver]. The failure of a Job is told by JobDone, too, which counts it.
func (m *Metrics) ServiceFailed(_ context.Context, s runner.Service, err error) {
	if runner.KindOf(s) != runner.KindJob {
		m.model.change(idOf(s), func(s *service) { s.fail(err) })
	}
}

// StateChanged implements [runner.StateObserver].
func (m *Metrics) StateChanged(_ context.Context, state runner.State) {
	now := time.Now()
	m.model.changeApp(func(a *app) {
		before := a.state
		a.state = state
		isEnding := state == runner.StateDraining || state == runner.StateStopping
		wasEnding := before == runner.StateDraining || before == runner.StateStopping
		switch {
		case state == runner.StateStarting, isEnding && !wasEnding:
			a.began = now
		case state == runner.StateReady && before == runner.StateStarting:
			a.ready, a.started = now, since(a.began)
		case state == runner.StateStopped && wasEnding:
			a.shutdown = since(a.began)
		}
	})
}

// SignalReceived implements [runner.Observer].
func (m *Metrics) SignalReceived(os.Signal) {}

// fail notes a failure.
func (s *service) fail(err error) {
	s.state = runner.ServiceFailed
	if timeout := (*runner.TimeoutError)(nil); errors.As(err, &timeout) && timeout.Abandoned {
		s.state = runner.ServiceAbandoned
	}
	s.failures++
}

// down ends the checks of a service that is up no more.
func (s *service) down() {
	for _, c := range s.checks {
		c.end()
	}
	s.checks = nil
}
