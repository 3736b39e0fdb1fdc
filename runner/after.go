package runner

// After lets a service start only once services have, and stop before them,
// whatever the order in which they are given to Run. They have to be given to the
// same Run, or be ready already, and not about to stop; otherwise Run refuses them
// with an error that wraps [ErrNotStarted], and with one that wraps [ErrCycle] if
// services wait for each other. It can be given many times: the services add up.
//
// With [WithConcurrency] it is what decides on the order.
func After(services ...Service) Setting {
	return func(s *settings) { s.after = append(s.after, services...) }
}

// Barrier lets a service start only once all that were given to Run before it
// have, and all that were given after it only once it has. They stop the other way
// round. The reason is for those who read logs; see [BarrierOf].
func Barrier(reason string) Setting {
	return func(s *settings) { s.barrier = &reason }
}

// DependenciesOf returns the services that s starts after, as they were given to
// [After]. It is nil if there are none, and for nil.
func DependenciesOf(s Service) []Service { return settingsOf(s).after }

// BarrierOf returns the reason why s is a barrier, and false if it is none; see
// [Barrier].
func BarrierOf(s Service) (reason string, ok bool) {
	if barrier := settingsOf(s).barrier; barrier != nil {
		return *barrier, true
	}
	return "", false
}

// settingsOf collects the settings of all layers of s.
func settingsOf(s Service) (own settings) {
	for layer := range layers(s) {
		if w, ok := layer.(*withSettings); ok {
			own.inherit(w.settings)
		}
	}
	return own
}

// place is where a service wants to be among others.
type place struct {
	after   []Service
	barrier bool
}

func (u *unit) after() []Service {
	if u.place == nil {
		return nil
	}
	return u.place.after
}

func (u *unit) isBarrier() bool { return u.place != nil && u.place.barrier }

// place returns nil for a service that does not care.
func (s *settings) place() *place {
	if len(s.after) == 0 && s.barrier == nil {
		return nil
	}
	return &place{after: s.after, barrier: s.barrier != nil}
}
