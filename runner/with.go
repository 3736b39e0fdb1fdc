package runner

import (
	"time"

	"github.com/go-fxservices/services/internal/layers"
)

// A Setting changes how the Runner treats one service; see [With].
type Setting interface{ set(*settings) }

type settings = layers.Settings[Service]

type settingFunc func(*settings)

func (f settingFunc) set(s *settings) { f(s) }

// StartTimeout limits the time that a service has for Load, Start and becoming ready together. It takes precedence over
// [WithStartTimeout]; 0 or less means no limit.
func StartTimeout(d time.Duration) Setting {
	return settingFunc(func(s *settings) { s.StartTimeout = &d })
}

// StopTimeout limits the time that a service has to stop, or to close and return from Listen. It takes precedence over
// [WithStopTimeout]; 0 or less means no limit.
func StopTimeout(d time.Duration) Setting {
	return settingFunc(func(s *settings) { s.StopTimeout = &d })
}

// After lets a service start only once the given services have started, and stop before them, in whatever order they are
// given to Run. Each of them must be given to the same Run, have been started by an earlier one, or be starting in
// another, whose start this one then waits for. Otherwise, and once it is being stopped, the start fails with
// [ErrNotStarted] before anything of the service is called. Services that wait for each other are refused with
// [ErrCycle]. After can be given many times: the services add up.
//
// A service is found by its instance. Equal values that are no pointers cannot be told apart, and After waits for each.
// One that cannot be compared is found by the interface value that was given to Run, or a copy of it.
//
// With [WithConcurrency], After alone decides on the order.
func After(services ...Service) Setting {
	return settingFunc(func(s *settings) { s.After = append(s.After, services...) })
}

// Barrier lets a service start only once all services given to Run before it have started, and all services given after
// it only once it has started. They stop in reverse order. The reason appears in logs.
func Barrier(reason string) Setting {
	return settingFunc(func(s *settings) { s.Barrier = &reason })
}

// With returns s with settings of its own. To the Runner and to [As] the result is the same service, and it can be wrapped
// again: the outermost value of a setting counts, but [After] adds up. With skips a nil setting. A Runner refuses a nil
// service.
func With(s Service, set ...Setting) Service {
	w := &withSettings{service: s}
	for _, setting := range set {
		if setting != nil {
			setting.set(&w.settings)
		}
	}
	return w
}

type withSettings struct {
	service  Service
	settings settings
}

func (w *withSettings) Name() string    { return NameOf(w.service) }
func (w *withSettings) Unwrap() Service { return w.service }

// ServiceSettings implements [layers.Carrier].
func (w *withSettings) ServiceSettings() settings { return w.settings }
