// Package wiring holds what the adapters for containers share: the settings of
// services, and the order in which services were constructed.
package wiring

import (
	"reflect"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// Settings are what a container adapter was given beside constructors. The zero
// value changes nothing.
type Settings struct {
	own   []runner.Setting
	after []reflect.Type
	retry *retrier.Builder
}

// Take adds arg if it is a setting, and reports whether it is one.
func (s *Settings) Take(arg any) bool {
	switch arg := arg.(type) {
	case Dependency:
		s.after = append(s.after, arg.t)
	case runner.Setting:
		s.own = append(s.own, arg)
	case *retrier.Builder:
		s.retry = arg
	default:
		return false
	}
	return true
}

// After returns what [Dependency] settings say that the constructors need beside.
func (s *Settings) After() []reflect.Type { return s.after }

// Retried reports whether the start of resources, and nothing else, is to be
// retried.
func (s Settings) Retried() bool { return s.retry != nil && !s.restarts() }

// restarts reports whether servers are to be restarted.
func (s Settings) restarts() bool {
	if s.retry == nil {
		return false
	}
	n, _ := s.retry.RestartLimit()
	return n > 0
}

// apply wraps service as the settings say.
func (s Settings) apply(service runner.Service) runner.Service {
	if retried := s.retried(service); retried != nil {
		service = runner.With(retried, runner.SettingsOf(service))
	}
	if len(s.own) > 0 {
		service = runner.With(service, s.own...)
	}
	return service
}

// retried returns what retries service, or nil.
func (s Settings) retried(service runner.Service) runner.Service {
	if s.retry == nil {
		return nil
	}
	if resource, ok := runner.As[runner.Resource](service); ok {
		return s.retry.Build(resource)
	}
	if server, ok := runner.As[runner.Server](service); ok && s.restarts() {
		return s.retry.BuildServer(server)
	}
	return nil
}

// ManageAll manages, in q, those of values that are services. They come from
// origin.
func (s Settings) ManageAll(q *Sequence, values []reflect.Value, origin any) error {
	for _, v := range values {
		service, err := constructor.Service(v)
		if err != nil {
			return err
		}
		if service != nil {
			q.Manage(service, s, origin)
		}
	}
	return nil
}
