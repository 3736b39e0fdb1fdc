// Package adapter gives the adapters for containers, which construct Observers after the Runner, a way into package
// runner that its users do not have.
package adapter

import (
	"context"
	"os"
	"time"
)

// Apply applies a runner.StarterOption to a *runner.Runner that has not run yet. Package runner sets it; it cannot be typed
// here, as this package would have to import runner.
var Apply func(r, option any)

// Concurrency returns how many services a *runner.Runner starts at the same time; 0 means any number. Package runner sets it.
var Concurrency func(r any) int

// Signals returns the signals that a *runner.Runner listens for, or none if it has a Listener of the user. Package runner
// sets it.
var Signals func(r any) []os.Signal

// StopTimeout returns the stop timeout of a *runner.Runner, which services have that have none of their own. Package runner
// sets it.
var StopTimeout func(r any) time.Duration

// OnListening makes a *runner.Runner that has not run yet call f whenever it has begun to listen for signals. Package runner
// sets it. f must not block.
var OnListening func(r any, f func())

// OnSignal makes a *runner.Runner that has not run yet call f with each signal, before that takes effect. Package runner sets
// it. f must not block.
var OnSignal func(r any, f func(os.Signal))

// Watch returns the Wait of a *runner.Runner, but of what runs when Watch is called, however late Wait is. Package runner sets it.
var Watch func(r any) (wait func(context.Context) error)

// HasEnded reports whether something has ended the life of a *runner.Runner: a signal, a failure, Shutdown or Finish. A Shutdown
// before the first Run has ended it, too. Package runner sets it.
var HasEnded func(r any) bool

// Observers returns the runner.Observers of a *runner.Runner. Package runner sets it.
var Observers func(r any) []any

// StopLimit is what the user says about a stop of everything.
type StopLimit struct {
	Each  time.Duration // for each service that has no stop timeout of its own; 0: that of the Runner
	Cause error         // of the end of the stop at the deadline of the context; nil: context.DeadlineExceeded
}

// Finish calls Finish of a *runner.Runner with a limit. Package runner sets it.
var Finish func(r any, ctx context.Context, limit StopLimit) error
