package httpserver_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/httpserver"
	"github.com/go-fxservices/services/runner"
)

func TestUnderRunner(t *testing.T) {
	t.Run("fails the start when the address is in use", func(t *testing.T) {
		first := newServer(hello)
		result := listen(t, first)
		addr := first.Addr().String()
		r := runner.NewRunner(runner.WithSignals())
		err := r.Run(t.Context(), httpserver.New(http.NotFoundHandler(), httpserver.Addr(addr)))
		require.EqualError(t, err, `listen "http": listen tcp `+addr+`: bind: address already in use`)
		require.NoError(t, r.Finish(t.Context()))
		require.NoError(t, first.Close(t.Context()))
		require.NoError(t, <-result)
	})

	t.Run("cuts off what is left when the stop timeout is over", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			pipes := newPipeListener()
			handling := make(chan struct{})
			server := httpserver.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				close(handling)
				<-r.Context().Done()
			}), httpserver.ListenFunc(pipes.listen))
			r := runner.NewRunner(runner.WithSignals(), runner.WithStopTimeout(5*time.Second))
			ctx, cancel := context.WithCancel(t.Context())
			result := async(func() error { return r.Run(ctx, server) })
			client := pipes.dial()
			_, err := io.WriteString(client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
			require.NoError(t, err)
			<-handling
			synctest.Wait()
			began := time.Now()
			cancel()
			err = <-result
			require.Equal(t, 5*time.Second, time.Since(began))
			require.ErrorIs(t, err, context.Canceled)
			require.ErrorIs(t, err, runner.ErrStopTimeout)
			require.ErrorContains(t, err, `close "http": timed out after 5s: 1 connection cut off`)
			require.NoError(t, r.Finish(t.Context()))
		})
	})
}
