package journal_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/journal"
)

var errBoom = errors.New("boom")

func TestStep(t *testing.T) {
	t.Run("records its line and goes on until a step fails", func(t *testing.T) {
		var j journal.Journal
		step := j.Step("100%", journal.Nothing, j.Step("next"), journal.Fails(errBoom), j.Step("never"))
		require.ErrorIs(t, step(t.Context()), errBoom)
		require.Equal(t, "100%, next", j.String())
	})

	t.Run("waits for the end of its context", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.NoError(t, journal.UntilEnd(ctx))
		require.ErrorIs(t, journal.Waits(ctx), context.Canceled)
	})

	t.Run("panics", func(t *testing.T) {
		require.PanicsWithValue(t, "oops", func() { _ = journal.Panics("oops")(t.Context()) })
	})

	t.Run("ends its goroutine", func(t *testing.T) {
		ended := make(chan bool, 1)
		go func() {
			returned := false
			defer func() { ended <- !returned }()
			_ = journal.Exits(t.Context())
			returned = true
		}()
		require.True(t, <-ended)
	})

	t.Run("takes its time whatever becomes of its context", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			began := time.Now()
			require.NoError(t, journal.Takes(time.Hour)(ctx))
			require.Equal(t, time.Hour, time.Since(began))
		})
	})

	t.Run("is stuck until the test is over", func(t *testing.T) {
		result := make(chan error, 1)
		t.Run("a test", func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			stuck := journal.Stuck(t)
			go func() { result <- stuck(ctx) }()
			require.Empty(t, result)
		})
		require.NoError(t, <-result)
	})
}
