package fxservices

import (
	"net/http"
	"time"

	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// Option configures [Module].
type Option func(*options)

type options struct {
	runner     []runner.StarterOption
	concurrent bool
	ownStop    bool  // they set the stop timeout of services
	err        error // of options that cannot be used
}

func newOptions(opts []Option) options {
	o := options{runner: []runner.StarterOption{
		runner.WithContinueOnStopError(),
		runner.WithClosedErrors(http.ErrServerClosed),
	}}
	o.apply(opts)
	o.ownStop = wiring.SetsStopTimeout(o.runner)
	o.concurrent = o.concurrent || wiring.IsConcurrent(runner.NewRunner(o.runner...))
	return o
}

func (o *options) apply(opts []Option) {
	for _, opt := range opts {
		if opt != nil {
			opt(o)
		}
	}
}

func withRunner(opts ...runner.StarterOption) Option {
	return func(o *options) { o.runner = append(o.runner, opts...) }
}

// WithRunner passes options to the Runner, after those that Module sets itself: for example signals, Observers, the grace
// period of the platform, and errors that only say that a server is closed. [runner.WithConcurrency] means [Concurrent],
// unless it allows one at a time.
func WithRunner(opts ...runner.StarterOption) Option { return withRunner(opts...) }

// StartTimeout sets how long each service may take to load, start and become ready. The time of the whole application
// limits it too. By default there is no limit for a single service. See [runner.WithStartTimeout].
func StartTimeout(d time.Duration) Option { return withRunner(runner.WithStartTimeout(d)) }

// StopTimeout sets how long each service, and each hook of another constructor, may take to stop. The default is 15 s. See
// [runner.WithStopTimeout].
func StopTimeout(d time.Duration) Option { return withRunner(runner.WithStopTimeout(d)) }

// DrainDelay sets how long the application continues to serve, as [runner.StateDraining], after it has been asked to stop.
// A failed start is rolled back without this delay. See [runner.WithDrainDelay].
func DrainDelay(d time.Duration) Option { return withRunner(runner.WithDrainDelay(d)) }
