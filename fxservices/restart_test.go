package fxservices_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/httpserver"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// newFlakyAPI constructs a server that fails once while it serves.
func newFlakyAPI(j *journal) *API {
	first := true
	return &API{j.Server("api", func(ctx context.Context) error {
		if first {
			first = false
			time.Sleep(time.Minute)
			return errBoom
		}
		return untilEnd(ctx)
	})}
}

func TestRestartsInProvide(t *testing.T) {
	inBubble(t, "restart servers, and Observers are told", func(t *testing.T) {
		j := &journal{}
		app := j.build(t, fxservices.Provide(newFlakyAPI, everySecond().Restarts(1, time.Minute)), fxservices.Observe(newAttempts))
		require.NoError(t, app.Start(t.Context()))
		time.Sleep(time.Hour)
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, "attempt 1 of api, listen api, close api, attempt 2 of api, listen api, close api", j.String())
	})

	inBubble(t, "retry resources of the same call", func(t *testing.T) {
		newBoth := func(j *journal) (*DB, *API) { return newFlakyDB(j), newFlakyAPI(j) }
		j := &journal{}
		app := j.build(t, fxservices.Provide(newBoth, everySecond().Restarts(1, time.Minute)))
		require.NoError(t, app.Start(t.Context()))
		time.Sleep(time.Hour)
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, "start db, start db, listen api, close api, listen api, close api, stop db", j.String())
	})

	inBubble(t, "restart a server that is typed as a Service", func(t *testing.T) {
		newService := func(j *journal) runner.Service { return newFlakyAPI(j) }
		j := &journal{}
		app := j.build(t, fxservices.Provide(newService, everySecond().Restarts(1, 0)))
		require.NoError(t, app.Start(t.Context()))
		time.Sleep(time.Hour)
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, "listen api, close api, listen api, close api", j.String())
	})

	inBubble(t, "end the application at the limit", func(t *testing.T) {
		newAPI := func(j *journal) *API { return &API{j.Server("api", takes(time.Minute), fails(errBoom))} }
		j := &journal{}
		app := j.build(t, fxservices.Provide(newAPI, everySecond().Restarts(1, time.Hour)))
		require.NoError(t, app.Start(t.Context()))
		<-app.Wait()
		require.EqualError(t, app.Stop(t.Context()), `listen "api": gave up after 2 attempts: boom`)
		require.Equal(t, "listen api, close api, listen api, close api", j.String())
	})

	t.Run("need a number for a constructor of servers alone", func(t *testing.T) {
		err := refusal(t, fxservices.Provide(NewAPI, everySecond().Restarts(0, time.Minute)))
		require.ErrorContains(t, err, "for a runner.Server set its Restarts")
	})
}

func TestRestartOfHTTPServer(t *testing.T) {
	t.Run("works after a Listen that failed, and its Close", func(t *testing.T) {
		refused, first := errors.New("address in use"), true
		server := httpserver.New(http.NotFoundHandler(), httpserver.ListenFunc(func(context.Context) (net.Listener, error) {
			if first {
				first = false
				return nil, refused
			}
			return net.Listen("tcp", "127.0.0.1:0")
		}))
		newServer := func() *httpserver.Server { return server }
		atOnce := retrier.New().Backoff(&backoff.ZeroBackOff{}).Restarts(1, 0)
		app := (&journal{}).build(t, fxservices.Provide(newServer, atOnce))
		require.NoError(t, app.Start(t.Context()))
		require.NotNil(t, server.Addr())
		require.NoError(t, app.Stop(t.Context()))
	})
}
