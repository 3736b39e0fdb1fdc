package retrier

import (
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/runner"
)

// Builder says how to retry. It is made by [New]; the zero value is the same.
//
// A Builder never changes, as a [time.Time] does not: each method returns another
// Builder, and leaves the one it was called on as it was. So a Builder can be shared,
// refined for one resource, and used by many goroutines. A call whose result is
// dropped does nothing:
//
//	b := retrier.New()
//	b.Restarts(3, time.Minute)     // wrong: b has no restarts
//	b = b.Restarts(3, time.Minute) // right
type Builder struct{ policy }

// New returns a Builder with the default backoff and no Reporter.
//
// The default is that of [backoff.NewExponentialBackOff], made anew for each
// Start: pauses grow from about 0.5 s to about 1 min, and it gives up when the
// next pause would end more than 15 min after the first failure. The same holds for each
// Run of a Job. For a restart of a server there is no such limit: [Builder.Restarts] has
// its own.
func New() *Builder { return &Builder{} }

// Backoff returns another Builder, which takes its pauses from value. That is reset at the
// first failure of each Start, so that [backoff.ExponentialBackOff.MaxElapsedTime]
// counts from there, and a Start that succeeds at once doesn't touch it. It is
// asked for a pause after a failure only. A nil value means the default of [New].
//
// value has a state. Resources of this Builder, and of those made from it, may
// start at the same time: calls of value exclude each other. They share its pauses
// and limits then, and the first failure of one resets them for all; use
// [Builder.BackoffFunc] to give each its own. A value that was given to another
// Builder by a call of its own is not protected.
//
// The same applies to the Run of a Job, and to the Listen of a server. For a Listen, value
// is reset at the first failure, and at a failure that finds no restart within the window
// of [Builder.Restarts].
//
// A pause below 0 that is not [backoff.Stop] ends the Start, Run or Listen with
// [ErrInvalidPause].
func (b *Builder) Backoff(value backoff.BackOff) *Builder {
	if identity.IsNil(value) {
		return b.BackoffFunc(nil)
	}
	shared := &sharedBackOff{backOff: value}
	return b.BackoffFunc(func() backoff.BackOff { return shared })
}

// BackoffFunc returns another Builder, which gives each Start the backoff that
// newBackOff returns, which must not be in use elsewhere. newBackOff is called
// where [Builder.Backoff] resets: at the first failure of a Start, from many
// goroutines if many resources start at the same time. A nil newBackOff, or one
// that returns nil, means the default of [New].
func (b *Builder) BackoffFunc(newBackOff func() backoff.BackOff) *Builder {
	changed := *b
	changed.newBackOff = newBackOff
	return &changed
}

// Reporter returns another Builder, which calls r before each attempt, instead of an
// earlier Reporter. A nil r means none.
func (b *Builder) Reporter(r Reporter) *Builder {
	changed := *b
	changed.reporter = r
	if identity.IsNil(r) {
		changed.reporter = nil
	}
	return &changed
}

// Restarts returns another Builder, whose servers are listened to again after a failure,
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

// RestartLimit returns the limit and the window of [Builder.Restarts], and 0 for
// values below.
func (b *Builder) RestartLimit() (n int, window time.Duration) { return b.restarts, b.window }

// Build returns resource with a Start that retries. The result is another
// service to the Runner: give it that one, not both. A nil resource is reported
// by the Start of the result.
func (b *Builder) Build(resource runner.Resource) *Resource {
	if identity.IsNil(resource) {
		resource = nil
	}
	return &Resource{resource: resource, policy: b.policy}
}

// BuildJob returns job with a Run that begins again after a failure. The result is another
// service to the Runner: give it that one, not both. A nil job is reported by the Run of
// the result.
func (b *Builder) BuildJob(job runner.Job) *Job {
	if identity.IsNil(job) {
		job = nil
	}
	return &Job{job: job, policy: b.policy}
}

// BuildServer returns server with a Listen that begins again after a failure, as
// [Builder.Restarts] says. The result is another service to the Runner: give it
// that one, not both. A nil server is reported by the Listen of the result.
func (b *Builder) BuildServer(server runner.Server) *Server {
	if identity.IsNil(server) {
		server = nil
	}
	return &Server{server: server, policy: b.policy}
}
