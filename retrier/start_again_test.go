package retrier_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

func TestStartAgain(t *testing.T) {
	t.Run("is refused while another Start runs, and once started", func(t *testing.T) {
		began, release := make(chan struct{}), make(chan struct{})
		db := retrier.New().Build(runner.NewResource("db", func(context.Context) error {
			close(began)
			<-release
			return nil
		}, nil))
		result := make(chan error)
		go func() { result <- db.Start(context.Background()) }()
		<-began
		require.ErrorIs(t, db.Start(t.Context()), runner.ErrAlreadyStarted)

		close(release)
		require.NoError(t, <-result)
		require.ErrorIs(t, db.Start(t.Context()), runner.ErrAlreadyStarted)
	})

	t.Run("is possible after a Stop that failed, as for a resource that is not retried", func(t *testing.T) {
		var log events
		db := retrier.New().Build(runner.NewResource("db",
			func(context.Context) error { log.add("start db"); return nil },
			func(context.Context) error { log.add("stop db"); return errRefused },
		))
		require.NoError(t, db.Start(t.Context()))
		require.Equal(t, errRefused, db.Stop(t.Context()))
		require.NoError(t, db.Start(t.Context()))
		require.ErrorIs(t, db.Start(t.Context()), runner.ErrAlreadyStarted)
		require.Equal(t, errRefused, db.Stop(t.Context()))
		require.Equal(t, []string{"start db", "stop db", "start db", "stop db"}, log.all())
	})

	t.Run("begins with a fresh backoff and attempt 1 after a Stop", func(t *testing.T) {
		var log events
		pauses := &fixed{events: &log, pauses: []time.Duration{0}}
		db := retrier.New().Backoff(pauses).Reporter(&log).Build(log.failing("db", errRefused, nil, errRefused))
		require.NoError(t, db.Start(t.Context()))
		require.NoError(t, db.Stop(t.Context()))
		require.NoError(t, db.Start(t.Context()))

		again := []string{"attempt 1 of db", "start db", "reset", "next 0s", "attempt 2 of db", "start db"}
		require.Equal(t, append(append(again[:6:6], "stop db"), again...), log.all())
	})
}
