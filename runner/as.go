package runner

import "github.com/go-fxservices/services/internal/layers"

// As finds the first layer of s that is a T, as [errors.As] does for errors: s itself, then the result of its method
// Unwrap() Service, and so on. It returns false if s is nil or no layer is a T. T is usually an interface.
//
//	if checker, ok := runner.As[runner.HealthChecker](service); ok {
//		err = checker.IsHealthy(ctx)
//	}
func As[T any](s Service) (T, bool) {
	for layer := range layers.All(s) {
		if t, ok := layer.(T); ok {
			return t, true
		}
	}
	var none T
	return none, false
}
