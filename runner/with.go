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
// given to Run. It holds for Servers and Jobs, too. After can be given many times: the services add up.
//
// Each of the given services must belong to the same Run, be up, or be starting in another Run. A Job counts as up from the
// call of Run on, and for its own Run also once it is done. While another Run is starting one of the services, this one waits
// until all services of that Run have started, because a Run that fails stops all of them. If one is none of these, or is
// being stopped, the start fails with [ErrNotStarted] before the Runner calls the service. A Run of services that wait for
// each other fails with [ErrCycle] before anything starts.
//
// The Runner finds a service by its instance. It cannot tell equal values apart that are not pointers, and waits for each of
// them. It finds a value that cannot be compared only by the interface value that was given to Run, or a copy of it.
//
// With [WithConcurrency], After and [Barrier] alone decide on the order.
func After(services ...Service) Setting {
	return settingFunc(func(s *settings) { s.After = append(s.After, services...) })
}

// Barrier lets a service start only once all services given to Run before it have started, and all services given after
// it only once it has started. They stop in reverse order. The reason appears in logs.
func Barrier(reason string) Setting {
	return settingFunc(func(s *settings) { s.Barrier = &reason })
}

// With returns s with settings of its own. To the Runner and to [As] the result is the same service. It can be wrapped again:
// the outermost value of a setting counts, but [After] adds up. With skips a nil setting. If s is nil, Run returns an error.
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
