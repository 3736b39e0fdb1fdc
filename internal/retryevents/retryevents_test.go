package retryevents_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/retryevents"
	"github.com/go-fxservices/services/runner"
)

// receiver keeps what it receives.
type receiver struct{ events []string }

func (r *receiver) BeforeRetry(_ context.Context, s retryevents.Service, attempt int) {
	r.events = append(r.events, fmt.Sprintf("%s: attempt %d", s.Name(), attempt))
}

func (r *receiver) RetryFailed(_ context.Context, s retryevents.Service, attempt int, err error, pause time.Duration) {
	r.events = append(r.events, fmt.Sprintf("%s: attempt %d: %v, and again in %v", s.Name(), attempt, err, pause))
}

// attempts tells ctx of an attempt that fails.
func attempts(ctx context.Context) {
	db := runner.NewResource("db", nil, nil)
	retryevents.From(ctx).BeforeRetry(ctx, db, 1)
	retryevents.From(ctx).RetryFailed(ctx, db, 1, errors.New("busy"), time.Second)
}

func TestFrom(t *testing.T) {
	t.Run("returns the receiver in the context", func(t *testing.T) {
		var r receiver
		attempts(context.WithValue(t.Context(), retryevents.Key{}, &r))
		require.Equal(t, []string{"db: attempt 1", "db: attempt 1: busy, and again in 1s"}, r.events)
	})

	t.Run("returns one that does nothing where the context has none", func(t *testing.T) {
		attempts(t.Context())
		attempts(context.WithValue(t.Context(), retryevents.Key{}, "no receiver"))
	})
}
