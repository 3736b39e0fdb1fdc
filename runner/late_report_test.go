package runner_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// TestDependentOfALateReport stops a service whose stack takes long to find, among many
// goroutines, and one that it is After: that one does not wait for the report.
func TestDependentOfALateReport(t *testing.T) {
	release := make(chan struct{})
	var idle sync.WaitGroup
	for range 30_000 {
		idle.Go(func() { <-release })
	}
	t.Cleanup(func() { close(release); idle.Wait() })
	db := runner.NewResource("db", nil, nil)
	api := after(runner.NewResource("api", nil, func(context.Context) error { <-release; return errOther }), db)
	r := newRunner(runner.WithConcurrency(0), runner.WithStopTimeout(20*time.Millisecond), runner.WithContinueOnStopError())
	require.NoError(t, r.Start(t.Context(), db, api))
	done := make(chan error, 1)
	go func() { done <- r.Finish(context.Background()) }()
	select {
	case err := <-done:
		require.ErrorIs(t, err, runner.ErrStopTimeout)
	case <-time.After(10 * time.Second):
		require.Fail(t, "Finish hangs: db waits for api, whose stop is reported once Finish is over")
	}
}
