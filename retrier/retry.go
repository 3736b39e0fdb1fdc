package retrier

import (
	"context"
	"errors"

	"github.com/cenkalti/backoff/v4"

	"github.com/go-fxservices/services/runner"
)

// retry calls attempt, which starts or runs s, until it succeeds or there is a reason to end.
func (p *policy) retry(ctx context.Context, s runner.Service, attempt func(context.Context) error) error {
	var (
		made    int
		failure error
		pauses  backoff.BackOff // made at the first failure: most services need none
	)
	for ctx.Err() == nil {
		made++
		p.beforeAttempt(ctx, s, made)
		err := attempt(ctx)
		if err == nil {
			return nil
		}
		if failure == nil || !saysEnded(ctx, err) {
			failure = err
		}
		if ctx.Err() != nil {
			break
		}
		if isPermanent(err) {
			return &Error{Attempts: made, Err: err}
		}
		if pauses == nil {
			pauses = p.backOff()
		}
		pause, reason := nextPause(pauses)
		if reason != nil {
			return &Error{Attempts: made, Reason: reason, Err: failure}
		}
		p.attemptFailed(ctx, s, made, err, pause)
		wait(ctx, nil, pause)
	}
	return &Error{Attempts: made, Reason: reasonOf(ctx), Err: failure}
}

// saysEnded reports whether err is no more than the end of ctx.
func saysEnded(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx)))
}

func isPermanent(err error) bool {
	var permanent *backoff.PermanentError
	return errors.As(err, &permanent)
}
