package retrier

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/runner"
)

// Reporter is told before every attempt to start a resource, or to listen to a
// server, from attempt 1 on. The service is the one that was given to
// [Builder.Build] or [Builder.BuildServer]. The attempt waits for BeforeRetry,
// which must be safe for concurrent use if the Builder serves many. The Observers
// of the Runner are told too, without a Reporter; see [runner.RetryObserver].
type Reporter interface {
	BeforeRetry(ctx context.Context, s runner.Service, attempt int)
}

// Builder says how to retry. It is made by [New]; the zero value is the same.
//
// A Builder never changes: each method returns a new one, so that it can be
// shared, refined for one resource, and used by many goroutines.
type Builder struct {
	newBackOff func() backoff.BackOff
	reporter   Reporter
	restarts   int
	window     time.Duration
}

// New returns a Builder with the default backoff and no Reporter.
//
// The default is that of [backoff.NewExponentialBackOff], made anew for each
// Start: pauses grow from about 0.5 s to about 1 min, and it gives up when the
// next pause would end more than 15 min after the first failure. For a restart of
// a server it is the same without that limit: [Builder.Restarts] has its own.
func New() *Builder { return &Builder{} }

// Backoff returns a Builder that takes its pauses from b. It is reset at the
// first failure of each Start, so that [backoff.ExponentialBackOff.MaxElapsedTime]
// counts from there, and a Start that succeeds at once doesn't touch it. It is
// asked for a pause after a failure only. A nil b means the default of [New].
//
// b has a state. Resources of this Builder, and of those made from it, may
// start at the same time: calls of b exclude each other. They share its pauses
// and limits then, and the first failure of one resets them for all; use
// [Builder.BackoffFunc] to give each its own. A b that was given to another
// Builder by a call of its own is not protected.
//
// For a server, read Listen for Start: b is reset at the first failure, and at
// one that finds no restart within the window of [Builder.Restarts].
func (b *Builder) Backoff(value backoff.BackOff) *Builder {
	if identity.IsNil(value) {
		return b.BackoffFunc(nil)
	}
	shared := &sharedBackOff{backOff: value}
	return b.BackoffFunc(func() backoff.BackOff { return shared })
}

// BackoffFunc returns a Builder that gives each Start the backoff that
// newBackOff returns, which must not be in use elsewhere. newBackOff is called
// where [Builder.Backoff] resets: at the first failure of a Start, from many
// goroutines if many resources start at the same time. A nil newBackOff, or one
// that returns nil, means the default of [New].
func (b *Builder) BackoffFunc(newBackOff func() backoff.BackOff) *Builder {
	changed := *b
	changed.newBackOff = newBackOff
	return &changed
}

// Reporter returns a Builder that tells r of each attempt, instead of an
// earlier Reporter. A nil r means none.
func (b *Builder) Reporter(r Reporter) *Builder {
	changed := *b
	changed.reporter = r
	if identity.IsNil(r) {
		changed.reporter = nil
	}
	return &changed
}

// Restarts returns a Builder whose servers are listened to again after a failure,
// at most n times within a window: a server that fails and finds n restarts within
// the window before has failed for good; see [Server.Listen]. An n of 0 or less
// means no restarts, which is the default; a window of 0 or less is as long as
// Listen.
//
// The limit is that of MaxR and MaxT of an Erlang supervisor, and of
// StartLimitBurst and StartLimitIntervalSec of systemd, but for the first start,
// which isn't counted. Where n pauses fill the window it is never reached.
func (b *Builder) Restarts(n int, window time.Duration) *Builder {
	changed := *b
	changed.restarts, changed.window = max(n, 0), max(window, 0)
	return &changed
}

// RestartLimit returns what [Builder.Restarts] was given, and 0 for what is less.
func (b *Builder) RestartLimit() (n int, window time.Duration) { return b.restarts, b.window }

// Build returns resource with a Start that retries. The result is another
// service to the Runner: give it that one, not both. A nil resource is reported
// by the Start of the result.
func (b *Builder) Build(resource runner.Resource) *Resource {
	if identity.IsNil(resource) {
		resource = nil
	}
	return &Resource{resource: resource, builder: *b}
}

// BuildServer returns server with a Listen that begins again after a failure, as
// [Builder.Restarts] says. The result is another service to the Runner: give it
// that one, not both. A nil server is reported by the Listen of the result.
func (b *Builder) BuildServer(server runner.Server) *Server {
	if identity.IsNil(server) {
		server = nil
	}
	return &Server{server: server, builder: *b, closing: make(chan struct{})}
}

// announce tells that an attempt is about to be made.
func (b *Builder) announce(ctx context.Context, s runner.Service, attempt int) {
	if b.reporter != nil {
		b.reporter.BeforeRetry(ctx, s, attempt)
	}
	runner.NotifyRetry(ctx, s, attempt)
}

// backOff returns what gives pauses, as new: by default an exponential one with opts.
func (b *Builder) backOff(opts ...backoff.ExponentialBackOffOpts) backoff.BackOff {
	var chosen backoff.BackOff
	if b.newBackOff != nil {
		chosen = b.newBackOff()
	}
	if identity.IsNil(chosen) {
		return backoff.NewExponentialBackOff(opts...)
	}
	chosen.Reset()
	return chosen
}
