// Package layers looks through the wrappers of a service, and finds the settings that they carry. It is generic over the
// type of a service, since package runner, which defines that type, builds on it.
package layers

import (
	"iter"
	"time"

	"github.com/go-fxservices/services/internal/identity"
)

// most bounds the number of layers: a wrapper that returns itself from Unwrap must not hang its caller.
const most = 1000

// All goes from s to the innermost service that it wraps. A nil ends it.
func All[S any](s S) iter.Seq[S] {
	return func(yield func(S) bool) {
		for range most {
			if identity.IsNil(s) || !yield(s) {
				return
			}
			wrapper, ok := any(s).(interface{ Unwrap() S })
			if !ok {
				return
			}
			s = wrapper.Unwrap()
		}
	}
}

// Innermost returns the service inside all wrappers of s. It is nil for nil.
func Innermost[S any](s S) S {
	var inner S
	for layer := range All(s) {
		inner = layer
	}
	return inner
}

// Keyed is a layer that gives what it wraps an identity, where the value itself has none: equal values are then found apart.
// It has no settings and no name of its own.
type Keyed[S any] interface {
	Carrier[S]
	ServiceKey() any
}

// KeyOf returns a key by which s can be found: that of a layer, or of the innermost service, see [identity.Alike].
func KeyOf[S any](s S) any {
	var inner S
	for layer := range All(s) {
		if keyed, ok := any(layer).(Keyed[S]); ok {
			return keyed.ServiceKey()
		}
		inner = layer
	}
	return identity.Alike(inner)
}

// Settings are those of one service. Nil fields are not set.
type Settings[S any] struct {
	StartTimeout *time.Duration
	StopTimeout  *time.Duration
	After        []S
	Barrier      *string // the reason
}

// Carrier is a layer that has settings.
type Carrier[S any] interface{ ServiceSettings() Settings[S] }

// SettingsOf collects the settings of all layers of s: the outermost value counts, but After adds up.
func SettingsOf[S any](s S) Settings[S] {
	var all Settings[S]
	for layer := range All(s) {
		if carrier, ok := any(layer).(Carrier[S]); ok {
			all.Inherit(carrier.ServiceSettings())
		}
	}
	return all
}

// Inherit takes from the settings of an inner layer what is not set yet.
func (s *Settings[S]) Inherit(inner Settings[S]) {
	if s.StartTimeout == nil {
		s.StartTimeout = inner.StartTimeout
	}
	if s.StopTimeout == nil {
		s.StopTimeout = inner.StopTimeout
	}
	if s.Barrier == nil {
		s.Barrier = inner.Barrier
	}
	if len(inner.After) > 0 {
		s.After = append(s.After[:len(s.After):len(s.After)], inner.After...)
	}
}

// DependenciesOf returns the services that s starts after, as they were given to runner.After.
func DependenciesOf[S any](s S) []S { return SettingsOf(s).After }

// BarrierOf returns the reason why s is a barrier, and false if it is none.
func BarrierOf[S any](s S) (reason string, ok bool) {
	if barrier := SettingsOf(s).Barrier; barrier != nil {
		return *barrier, true
	}
	return "", false
}
