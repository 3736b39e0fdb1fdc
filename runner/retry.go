package runner

import "context"

type retryKey struct{}

// NotifyRetry tells the Observers of the Runner that is starting a service that
// an attempt is about to be made; see [RetryObserver]. It is for what retries a
// Start or a Listen: ctx is the context that was called with. With any other
// context it does nothing.
func NotifyRetry(ctx context.Context, s Service, attempt int) {
	if observers, ok := ctx.Value(retryKey{}).(*observers); ok {
		observers.beforeRetry(ctx, s, attempt)
	}
}
