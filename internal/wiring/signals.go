package wiring

import (
	"context"
	"os"

	"github.com/go-fxservices/services/internal/adapter"
	"github.com/go-fxservices/services/runner"
)

// Signals returns the signals that r listens for, or none if it has a Listener of the user.
func Signals(r *runner.Runner) []os.Signal { return adapter.Signals(r) }

// OnListening makes r call f once it has begun to listen for signals. f must not block.
func OnListening(r *runner.Runner, f func()) { adapter.OnListening(r, f) }

// OnSignal makes r call f with each signal that it receives, before the signal takes effect. f must not block.
func OnSignal(r *runner.Runner, f func(os.Signal)) { adapter.OnSignal(r, f) }

// HasEnded reports whether something has ended the run of r.
func HasEnded(r *runner.Runner) bool { return adapter.HasEnded(r) }

// Watch returns the Wait of r for what it runs now, however late somebody calls that.
func Watch(r *runner.Runner) (wait func(context.Context) error) { return adapter.Watch(r) }
