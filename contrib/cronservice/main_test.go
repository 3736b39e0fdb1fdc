package cronservice_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-fxservices/services/contrib/cronservice"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errBoom = errors.New("boom")

func nothing(context.Context) error { return nil }

// inBubble runs a test in a bubble of its own, whose clock begins at midnight UTC of Saturday, 1 January 2000.
func inBubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

// listen calls Listen, and returns what waits for its result once the server is ready.
func listen(ctx context.Context, t *testing.T, s *cronservice.Server) (result func() error) {
	t.Helper()
	listened := make(chan error, 1)
	go func() { listened <- s.Listen(ctx) }()
	synctest.Wait()
	require.NoError(t, s.IsReady(t.Context()))
	return func() error { return <-listened }
}

// stop closes a server that listens, and has nothing to wait for.
func stop(t *testing.T, s *cronservice.Server, result func() error) {
	t.Helper()
	require.NoError(t, s.Close(context.Background()))
	require.NoError(t, result())
}
