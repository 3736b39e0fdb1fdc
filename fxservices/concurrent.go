package fxservices

import (
	"errors"
	"fmt"

	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// Concurrent makes services start at the same time where the container allows it: each one as soon as everything that it
// depends on has started. They stop in reverse: each one as soon as everything that depends on it has stopped.
//
// With a number n, at most n services start, or stop, at the same time; with 1 they start in the order of construction.
// Without a number, or with one that is not positive, any number of services may. More than one number is an error of
// fx.New.
//
// Concurrent reads the dependencies from the container, through plain constructors, decorators, value groups, names,
// interfaces and modules. No service starts early. Where several constructors look the same and nothing tells which one made
// a service, it waits for everything that any of them needs. Where Concurrent cannot know the dependencies of a service, the
// service becomes a [runner.Barrier], which keeps the order of construction between itself and all others. Barriers are
//
//   - lifecycle hooks that no constructor appended, such as those of fx.Invoke;
//   - a service that takes its place only after a constructor has got it, and whoever needs it by then: see [Register];
//   - all services, if fx or dig is a version that Concurrent cannot read. The Observers of package observers warn of that.
//
// [Order] shows the barriers with their reasons. Concurrent cannot see that fx.Invoke gives one service to another after
// both are constructed: add [After] in that case.
func Concurrent(n ...int) Option {
	return func(o *options) {
		limit, err := wiring.Limit(n)
		if err != nil {
			o.err = errors.Join(o.err, fmt.Errorf("fxservices.Concurrent: %w", err))
		}
		o.concurrent = true
		o.runner = append(o.runner, runner.WithConcurrency(limit))
	}
}

// After is a setting for [Provide] that makes the constructors of the call depend on T, as if each of them took a T and
// did not use it. The services that they construct start after the T, and stop before it. Use it where a service gets hold
// of the T by a route that the container cannot see. It works without [Concurrent] too.
//
// If nobody provides a T, or if the dependency closes a cycle, fx.New returns an error.
func After[T any]() Setting { return Setting{wiring.After[T]()} }
