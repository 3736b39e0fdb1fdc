package retrier_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

func TestListenAgain(t *testing.T) {
	t.Run("is refused while the server listens", func(t *testing.T) {
		var log events
		api := everySecond(3, 0).BuildServer(log.server(inBackground))
		require.NoError(t, api.Listen(t.Context()))
		require.ErrorIs(t, api.Listen(t.Context()), runner.ErrAlreadyStarted)
	})

	inBubble(t, "is refused during a pause", func(t *testing.T) {
		var log events
		api := everySecond(3, 0).BuildServer(log.server(fails))
		result := async(func() error { return api.Listen(t.Context()) })
		synctest.Wait()
		require.ErrorIs(t, api.Listen(t.Context()), runner.ErrAlreadyStarted)
		require.NoError(t, api.Close(t.Context()))
		require.NoError(t, <-result)
	})

	inBubble(t, "begins with attempt 1 and no restarts after a failure for good", func(t *testing.T) {
		var log events
		api := everySecond(1, 0).Reporter(&log).BuildServer(log.server(fails, fails, fails, inBackground))
		require.ErrorIs(t, api.Listen(t.Context()), retrier.ErrGaveUp)
		require.NoError(t, api.Listen(t.Context()))
		again := []string{"attempt 1 of api", "listen api", "close api", "attempt 2 of api", "listen api"}
		require.Equal(t, append(append(again[:5:5], "close api"), again...), log.all())
	})
}

// checked is a server with a check of its own: it is not ready before it listens.
type checked struct {
	*script
	notReady error
}

func (c *checked) IsReady(context.Context) error {
	if !slices.Contains(c.events.all(), "listen api") {
		return errRefused
	}
	return c.notReady
}

func (c *checked) IsHealthy(context.Context) error { return nil }
func (c *checked) Load(context.Context) error      { return nil }

func TestIsReady(t *testing.T) {
	inBubble(t, "is off until the server listens, and while it is to be restarted", func(t *testing.T) {
		var log events
		api := everySecond(1, time.Minute).BuildServer(log.server(failsAfter(time.Second), failsAfter(time.Second)))
		require.EqualError(t, api.IsReady(t.Context()), "not listening")
		result := async(func() error { return api.Listen(t.Context()) })
		for _, want := range []string{"", "not listening: connection refused", "", "not listening: connection refused"} {
			synctest.Wait()
			if err := api.IsReady(t.Context()); want == "" {
				require.NoError(t, err)
			} else {
				require.EqualError(t, err, want)
			}
			time.Sleep(time.Second)
		}
		require.ErrorIs(t, <-result, retrier.ErrGaveUp)
	})

	t.Run("is off once closed", func(t *testing.T) {
		var log events
		api := everySecond(1, 0).BuildServer(log.server(inBackground))
		require.NoError(t, api.Listen(t.Context()))
		require.NoError(t, api.IsReady(t.Context()))
		require.NoError(t, api.Close(t.Context()))
		require.ErrorIs(t, api.IsReady(t.Context()), retrier.ErrClosed)
	})

	inBubble(t, "asks the server itself, in whatever layer, while it listens", func(t *testing.T) {
		var log events
		warming := errors.New("warming up")
		inner := &checked{log.server(fails, inBackground), warming}
		layered := struct {
			runner.Server
			unwrapper
		}{inner, unwrapper{inner}}
		api := everySecond(1, 0).BuildServer(layered)
		result := async(func() error { return api.Listen(t.Context()) })
		synctest.Wait()
		require.EqualError(t, api.IsReady(t.Context()), "not listening: connection refused")
		require.NoError(t, <-result)
		require.Equal(t, warming, api.IsReady(t.Context()))
		inner.notReady = nil
		require.NoError(t, api.IsReady(t.Context()))
	})
}

// unwrapper is the method of a wrapper.
type unwrapper struct{ service runner.Service }

func (u unwrapper) Unwrap() runner.Service { return u.service }

func TestUnwrapServer(t *testing.T) {
	t.Run("leaves what the server can do visible", func(t *testing.T) {
		var log events
		inner := &checked{script: log.server()}
		api := retrier.New().BuildServer(inner)

		loads, ok := runner.As[runner.Configurable](api)
		require.True(t, ok)
		require.Same(t, inner, loads)
		healthy, ok := runner.As[runner.HealthChecker](api)
		require.True(t, ok)
		require.Same(t, inner, healthy)
		ready, ok := runner.As[runner.ReadyChecker](api)
		require.True(t, ok)
		require.Same(t, api, ready)
		require.Equal(t, "api", runner.NameOf(api))
		require.Equal(t, runner.KindServer, runner.KindOf(api))
	})
}

func TestNilServer(t *testing.T) {
	for name, server := range map[string]runner.Server{
		"nil is an error of Listen":           nil,
		"a nil pointer is an error of Listen": (*script)(nil),
	} {
		t.Run(name, func(t *testing.T) {
			api := retrier.New().Restarts(3, 0).BuildServer(server)

			err := api.Listen(t.Context())

			require.EqualError(t, err, "invalid service type: retrier has a nil server")
			require.ErrorIs(t, err, runner.ErrInvalidServiceType)
			require.EqualError(t, api.IsReady(t.Context()), "not listening")
			require.NoError(t, api.Close(t.Context()))
			require.Equal(t, "*retrier.Server", runner.NameOf(api))
			require.Nil(t, api.Unwrap())
		})
	}
}
