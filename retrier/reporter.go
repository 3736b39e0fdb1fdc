package retrier

import (
	"context"
	"time"

	"github.com/go-fxservices/services/internal/retryevents"
	"github.com/go-fxservices/services/runner"
)

// Reporter is called before every attempt to start a resource, to run a job, or to
// listen to a server, from attempt 1 on. The service is the one that was given to
// [Builder.Build], [Builder.BuildJob] or [Builder.BuildServer]. The attempt waits for BeforeRetry,
// which must be safe for concurrent use if the Builder serves many.
//
// A Reporter that is also a [runner.RetryFailedObserver] has its RetryFailed
// called, with the same service, after each attempt that failed and will be
// followed by another, before the pause.
//
// The Observers of the Runner get the same events without a Reporter; see
// [runner.RetryObserver] and [runner.RetryFailedObserver].
type Reporter interface {
	BeforeRetry(ctx context.Context, s runner.Service, attempt int)
}

// beforeAttempt reports that an attempt is about to be made.
func (p *policy) beforeAttempt(ctx context.Context, s runner.Service, attempt int) {
	if p.reporter != nil {
		p.reporter.BeforeRetry(ctx, s, attempt)
	}
	retryevents.From(ctx).BeforeRetry(ctx, s, attempt)
}

// attemptFailed reports an attempt that will be followed by another after pause.
func (p *policy) attemptFailed(ctx context.Context, s runner.Service, attempt int, err error, pause time.Duration) {
	if reporter, ok := p.reporter.(runner.RetryFailedObserver); ok {
		reporter.RetryFailed(ctx, s, attempt, err, pause)
	}
	retryevents.From(ctx).RetryFailed(ctx, s, attempt, err, pause)
}
