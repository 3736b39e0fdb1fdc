package runner

import (
	"iter"

	"github.com/go-fxservices/services/internal/identity"
)

// As finds the first layer of s that is a T, as [errors.As] does for errors: s
// itself, then what its method Unwrap() Service returns, and so on. It returns
// false for nil and when no layer is a T. T is usually an interface.
//
//	if checker, ok := runner.As[runner.HealthChecker](service); ok {
//		err = checker.IsHealthy(ctx)
//	}
func As[T any](s Service) (T, bool) {
	for layer := range layers(s) {
		if t, ok := layer.(T); ok {
			return t, true
		}
	}
	var none T
	return none, false
}

// Innermost returns what is left of s once all wrappers are taken off. It is nil
// for nil.
func Innermost(s Service) Service {
	var inner Service
	for layer := range layers(s) {
		inner = layer
	}
	return inner
}

// layers goes from s to the innermost service that it wraps. A nil ends it.
func layers(s Service) iter.Seq[Service] {
	return func(yield func(Service) bool) {
		for !identity.IsNil(s) && yield(s) {
			wrapper, ok := s.(interface{ Unwrap() Service })
			if !ok {
				return
			}
			s = wrapper.Unwrap()
		}
	}
}
