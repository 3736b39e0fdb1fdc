package retrier_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/retrier"
)

func TestEvents(t *testing.T) {
	inBubble(t, "of attempts and failures reach the Runner that starts a resource", func(t *testing.T) {
		var log events
		pauses := &fixed{events: &log, pauses: []time.Duration{time.Second, time.Minute}}
		db := retrier.New().Backoff(pauses).Build(log.failing("db", errRefused, errRefused, errRefused))

		require.ErrorIs(t, db.Start(log.received(t.Context())), retrier.ErrGaveUp)

		require.Equal(t, []string{
			"attempt 1 of db", "start db", "reset", "next 1s", "attempt 1 of db: connection refused, next in 1s",
			"attempt 2 of db", "start db", "next 1m0s", "attempt 2 of db: connection refused, next in 1m0s",
			"attempt 3 of db", "start db", "next -1ns",
		}, log.all())
	})

	inBubble(t, "come from a server once it is closed for the restart", func(t *testing.T) {
		var log events
		api := everySecond(1, 0).BuildServer(log.server(fails, fails))

		require.ErrorIs(t, api.Listen(log.received(t.Context())), retrier.ErrGaveUp)
		require.NoError(t, api.Close(t.Context()))

		require.Equal(t, []string{
			"attempt 1 of api", "listen api", "close api", "attempt 1 of api: connection refused, next in 1s",
			"attempt 2 of api", "listen api", "close api",
		}, log.all())
	})

	t.Run("reach a Reporter that wants failures, before the Runner", func(t *testing.T) {
		var log, other events
		db := retrier.New().Backoff(&backoff.ZeroBackOff{}).Reporter(told{&log}).Build(log.failing("db", errRefused))
		require.NoError(t, db.Start(other.received(t.Context())))
		require.Equal(t, []string{
			"attempt 1 of db", "start db", "attempt 1 of db: connection refused, next in 0s",
			"attempt 2 of db", "start db",
		}, log.all())
		require.Equal(t, []string{
			"attempt 1 of db", "attempt 1 of db: connection refused, next in 0s", "attempt 2 of db",
		}, other.all())
	})

	inBubble(t, "tell no failure that only the end of the context follows", func(t *testing.T) {
		var log events
		ctx, cancel := context.WithCancel(log.received(t.Context()))
		db := retrier.New().Build(log.failing("db", errRefused, errRefused))
		result := async(func() error { return db.Start(ctx) })
		synctest.Wait()
		require.Len(t, log.all(), 3) // a pause is under way
		cancel()
		require.ErrorIs(t, <-result, errRefused)
		require.Len(t, log.all(), 3)
	})
}

func TestInvalidPause(t *testing.T) {
	for name, pause := range map[string]time.Duration{"-2ns": -2, "-1s": -time.Second} {
		t.Run("of "+name+" ends a Start and a Listen", func(t *testing.T) {
			var log events
			builder := retrier.New().Backoff(backoff.NewConstantBackOff(pause)).Restarts(3, 0)
			for _, err := range []error{
				builder.Build(log.failing("db", errRefused)).Start(log.received(t.Context())),
				builder.BuildServer(log.server(fails)).Listen(log.received(t.Context())),
			} {
				require.EqualError(t, err, "invalid pause of "+name+" after 1 attempt: connection refused")
				require.ErrorIs(t, err, retrier.ErrInvalidPause)
				require.ErrorIs(t, err, errRefused)
				require.NotErrorIs(t, err, retrier.ErrGaveUp)
			}
			require.Equal(t, []string{"attempt 1 of db", "start db", "attempt 1 of api", "listen api"}, log.all())
		})
	}
}

// pointerError is an error that a nil pointer breaks.
type pointerError struct{ text string }

func (e *pointerError) Error() string { return e.text }

func TestNilPointerAsAnError(t *testing.T) {
	var log events
	broken := error((*pointerError)(nil))
	builder := retrier.New().Backoff(&backoff.StopBackOff{})

	t.Run("is written as a nil pointer by a Start", func(t *testing.T) {
		err := builder.Build(log.failing("db", broken)).Start(t.Context())
		require.EqualError(t, err, "gave up after 1 attempt: <nil *retrier_test.pointerError>")
	})

	t.Run("is written as a nil pointer by IsReady", func(t *testing.T) {
		api := builder.BuildServer(log.server(func(context.Context) error { return broken }))
		require.EqualError(t, api.Listen(t.Context()), "gave up after 1 attempt: <nil *retrier_test.pointerError>")
		require.EqualError(t, api.IsReady(t.Context()), "not listening: <nil *retrier_test.pointerError>")
	})
}
