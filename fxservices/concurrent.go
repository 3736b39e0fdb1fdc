package fxservices

import (
	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// Concurrent lets a service start as soon as everything it depends on has started,
// and stop as soon as everything that depends on it has stopped, instead of one
// after the other. What depends on what is read from the container, through plain
// constructors, value groups, names, interfaces and modules.
//
// No service starts early: where what it depends on cannot be known, it becomes a
// [runner.Barrier], which keeps the order of construction for itself and all
// around it. That is so for
//
//   - everything, unless the application has an fx.WithLogger: without it fx does
//     not tell of decorators, which its graph leaves out;
//   - the services before a decorator of what another service needs has run;
//   - lifecycle hooks that no constructor has appended, those of fx.Invoke and of
//     the annotations fx.OnStart and fx.OnStop among them;
//   - a service that seems to need one that was constructed after it.
//
// [Order] says which they are, and why. What cannot be seen is wiring that is
// done by hand in fx.Invoke, where one service is given to another after both were
// constructed: say [After] there.
//
// Concurrent decorates the fxevent.Logger of the application, so that it replaces
// that of a child module with fx.WithLogger of its own.
func Concurrent() Option { return MaxConcurrency(0) }

// MaxConcurrency is [Concurrent] with at most n services that start, or stop, at
// the same time. 0 or less means any number; 1 is the order of construction.
func MaxConcurrency(n int) Option {
	return func(o *options) {
		o.concurrent = true
		o.runner = append(o.runner, runner.WithConcurrency(n))
	}
}

// Dependency is a setting for [Provide]; see [After].
type Dependency = wiring.Dependency

// After is a setting for [Provide]: the constructors of the call need a T, as if
// they took one that they do not use. So what they construct starts after the T and
// stops before it, where it gets hold of it on ways that the container does not
// know. That nobody provides a T is an error of fx.New, and so is a cycle. It holds
// without [Concurrent] too.
func After[T any]() Dependency { return wiring.After[T]() }
