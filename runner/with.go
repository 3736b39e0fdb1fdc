package runner

import "time"

// A Setting changes how the Runner treats one service; see [With].
type Setting func(*settings)

type settings struct {
	startTimeout *time.Duration
	stopTimeout  *time.Duration
	after        []Service
	barrier      *string // the reason
}

// StartTimeout is the time that a service has for Load, Start and becoming
// ready together. It holds instead of [WithStartTimeout]; 0 or less means none.
func StartTimeout(d time.Duration) Setting {
	return func(s *settings) { s.startTimeout = &d }
}

// StopTimeout is the time that a service has to stop, or to close and return
// from Listen. It holds instead of [WithStopTimeout]; 0 or less means none.
func StopTimeout(d time.Duration) Setting {
	return func(s *settings) { s.stopTimeout = &d }
}

// With returns s with settings of its own. What it returns is the same service
// to the Runner and to [As], and can be wrapped again: the outermost value of
// a setting holds, but for [After], which adds up. A nil setting is skipped; a nil service is refused when it is
// given to a Runner.
func With(s Service, set ...Setting) Service {
	w := &withSettings{service: s}
	for _, setting := range set {
		if setting != nil {
			setting(&w.settings)
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

// SettingsOf returns the settings that [With] has given to s, for a service that
// takes its place.
func SettingsOf(s Service) Setting {
	return func(to *settings) { to.inherit(settingsOf(s)) }
}

// inherit takes from the settings of an inner layer what is not set yet.
func (s *settings) inherit(inner settings) {
	if s.startTimeout == nil {
		s.startTimeout = inner.startTimeout
	}
	if s.stopTimeout == nil {
		s.stopTimeout = inner.stopTimeout
	}
	if s.barrier == nil {
		s.barrier = inner.barrier
	}
	s.after = append(s.after, inner.after...)
}
