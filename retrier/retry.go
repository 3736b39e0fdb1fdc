package retrier

import (
	"context"
	"errors"
	"time"

	"github.com/cenkalti/backoff/v4"
)

// retry makes attempts until one succeeds or there is a reason to end.
func (r *Resource) retry(ctx context.Context) error {
	var (
		made    int
		failure error
		pauses  backoff.BackOff // made at the first failure: most Starts need none
	)
	for ctx.Err() == nil {
		made++
		err := r.attempt(ctx, made)
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
			pauses = r.builder.backOff()
		}
		if !pause(ctx, nil, pauses.NextBackOff()) {
			return &Error{Attempts: made, Reason: ErrGaveUp, Err: failure}
		}
	}
	return &Error{Attempts: made, Reason: reasonOf(ctx), Err: failure}
}

func (r *Resource) attempt(ctx context.Context, attempt int) error {
	r.builder.announce(ctx, r.resource, attempt)
	return r.resource.Start(ctx)
}

// pause waits for d, or until ctx ends, or end is closed. It returns false, at
// once, if d says that there is to be no other attempt.
func pause(ctx context.Context, end <-chan struct{}, d time.Duration) bool {
	if d == backoff.Stop {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-end:
	case <-ctx.Done():
	}
	return true
}

// saysEnded reports whether err is no more than the end of ctx.
func saysEnded(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx)))
}

func isPermanent(err error) bool {
	var permanent *backoff.PermanentError
	return errors.As(err, &permanent)
}
