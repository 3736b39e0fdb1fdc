package wiring

import (
	"reflect"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// Settings are the arguments that users give beside constructors. The zero value changes nothing.
type Settings struct {
	own      []runner.Setting
	after    []reflect.Type
	retry    *retrier.Builder
	managers []Manager
	first    bool
}

// First is a setting of services that start before all that have it not, whoever needs them.
type First struct{}

// Take adds arg if it is a setting, and reports whether it is one. The last [*retrier.Builder] counts; a nil one means
// that nothing is retried.
func (s *Settings) Take(arg any) bool {
	if public, ok := arg.(interface{ Setting() any }); ok {
		arg = public.Setting()
	}
	switch arg := arg.(type) {
	case Dependency:
		s.after = append(s.after, arg.t)
	case Manager:
		s.managers = append(s.managers, arg)
	case First:
		s.first = true
	case runner.Setting:
		s.own = append(s.own, arg)
	case *retrier.Builder:
		s.retry = arg
	default:
		return false
	}
	return true
}

// After returns the types of all [Dependency] settings, on which the constructors depend in addition to what they take.
func (s *Settings) After() []reflect.Type { return s.after }

// Built returns the values of a constructor that the container has to build although nothing may need them.
func (s *Settings) Built(c *constructor.Parsed) []constructor.Out {
	if s.first {
		return c.Services()
	}
	return c.Roots()
}

// Retried reports whether there is a retrier that retries Resources and Jobs and does nothing else.
func (s Settings) Retried() bool { return s.retry != nil && !s.restarts() }

// restarts reports whether the retrier restarts Servers.
func (s Settings) restarts() bool {
	if s.retry == nil {
		return false
	}
	n, _ := s.retry.RestartLimit()
	return n > 0
}

// apply returns service with the settings.
func (s Settings) apply(service runner.Service) runner.Service {
	if retried := s.retried(service); retried != nil {
		service = replace(retried, service)
	}
	if len(s.own) > 0 {
		service = runner.With(service, s.own...)
	}
	return service
}

// retried returns a service that retries or restarts service, or nil if the settings ask for neither.
func (s Settings) retried(service runner.Service) runner.Service {
	if s.retry == nil {
		return nil
	}
	switch runner.KindOf(service) {
	case runner.KindResource:
		resource, _ := runner.As[runner.Resource](service)
		return s.retry.Build(resource)
	case runner.KindJob:
		job, _ := runner.As[runner.Job](service)
		return s.retry.BuildJob(job)
	case runner.KindServer:
		if !s.restarts() {
			return nil
		}
		server, _ := runner.As[runner.Server](service)
		return s.retry.BuildServer(server)
	default:
		return nil
	}
}
