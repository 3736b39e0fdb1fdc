package retrier

import (
	"context"

	"github.com/cenkalti/backoff/v4"

	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/runner"
)

// Reporter is told before every attempt to start a resource, from attempt 1 on.
// The service is the resource as it was given to [Builder.Build]. The attempt
// waits for BeforeRetry, which must be safe for concurrent use if the Builder
// serves many resources. The Observers of the Runner are told too, without a
// Reporter; see [runner.RetryObserver].
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
}

// New returns a Builder with the default backoff and no Reporter.
//
// The default is that of [backoff.NewExponentialBackOff], made anew for each
// Start: pauses grow from about 0.5 s to about 1 min, and it gives up when the
// next pause would end more than 15 min after the first failure.
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
func (b *Builder) Backoff(value backoff.BackOff) *Builder {
	if identity.IsNil(value) {
		return b.BackoffFunc(nil)
	}
	shared := &sharedBackOff{backOff: value}
	return b.BackoffFunc(func() backoff.BackOff { return shared })
}

// BackoffFunc returns a Builder that gives each Start the backoff that
// newBackOff returns, which must not be in use elsewhere. newBackOff is called
// at the first failure of a Start, from many goroutines if many resources start
// at the same time. A nil newBackOff, or one that returns nil, means the default
// of [New].
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

// Build returns resource with a Start that retries. The result is another
// service to the Runner: give it that one, not both. A nil resource is reported
// by the Start of the result.
func (b *Builder) Build(resource runner.Resource) *Resource {
	if identity.IsNil(resource) {
		resource = nil
	}
	return &Resource{resource: resource, builder: *b}
}

// backOff returns what gives the pauses of one Start, as new.
func (b *Builder) backOff() backoff.BackOff {
	var chosen backoff.BackOff
	if b.newBackOff != nil {
		chosen = b.newBackOff()
	}
	if identity.IsNil(chosen) {
		return backoff.NewExponentialBackOff()
	}
	chosen.Reset()
	return chosen
}
