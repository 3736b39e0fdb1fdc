// Package retryevents carries the news of attempts from whatever retries a service to the Runner that calls it, in the
// context of the call.
package retryevents

import (
	"context"
	"time"
)

// Service is the method set of runner.Service, which this package cannot import.
type Service = interface{ Name() string }

// Receiver receives the events. It may be called from many goroutines at once.
type Receiver interface {
	// BeforeRetry comes before each attempt, from attempt 1.
	BeforeRetry(ctx context.Context, s Service, attempt int)

	// RetryFailed comes after each attempt that failed and will be followed by another after pause.
	RetryFailed(ctx context.Context, s Service, attempt int, err error, pause time.Duration)
}

// Key is the key of the Receiver in a context.
type Key struct{}

// From returns the Receiver in ctx. Without one it returns a Receiver that does nothing.
func From(ctx context.Context) Receiver {
	if r, ok := ctx.Value(Key{}).(Receiver); ok {
		return r
	}
	return nobody{}
}

type nobody struct{}

func (nobody) BeforeRetry(context.Context, Service, int)                       {}
func (nobody) RetryFailed(context.Context, Service, int, error, time.Duration) {}
