package wiring

import (
	"github.com/go-fxservices/services/internal/adapter"
	"github.com/go-fxservices/services/runner"
)

// Configure applies options to a Runner that has not run yet.
func Configure(r *runner.Runner, opts ...runner.StarterOption) {
	for _, opt := range opts {
		adapter.Apply(r, opt)
	}
}
