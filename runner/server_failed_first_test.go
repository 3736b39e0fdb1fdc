package runner_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// slowFailureWitness takes 100 ms to hear of a failed server.
type slowFailureWitness struct{ nobody }

func (slowFailureWitness) ServerFailed(context.Context, runner.Server, error) {
	time.Sleep(100 * time.Millisecond)
}

func TestFailureOfAServerTakesEffectAtOnce(t *testing.T) {
	inBubble(t, "before Observers have heard of it", func(t *testing.T) {
		r := newRunnerFor(t, runner.WithObserver(slowFailureWitness{}))
		began := time.Now()
		var ended time.Duration
		slow := runner.NewResource("slow", func(ctx context.Context) error {
			<-ctx.Done()
			ended = time.Since(began)
			return ctx.Err()
		}, nil)
		bad := runner.NewServer("bad", func(context.Context) error {
			time.Sleep(time.Second)
			return errBoom
		}, nil)
		require.ErrorIs(t, r.Run(t.Context(), bad, slow), errBoom)
		require.Equal(t, time.Second, ended)
	})
}

func TestServersThatFailTogether(t *testing.T) {
	inBubble(t, "are all in the error of their Run", func(t *testing.T) {
		r := newRunnerFor(t)
		breaks := func(err error) call {
			return func(context.Context) error {
				time.Sleep(time.Second)
				return err
			}
		}
		err := r.Run(t.Context(), runner.NewServer("api", breaks(errBoom), nil), runner.NewServer("web", breaks(errOther), nil))
		require.ErrorIs(t, err, errBoom)
		require.ErrorIs(t, err, errOther)
		finish(t, r)
	})
}
