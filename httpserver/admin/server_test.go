package admin_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/httpserver"
	"github.com/go-fxservices/services/httpserver/admin"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/runnertest"
)

func TestContract(t *testing.T) {
	runnertest.TestResource(t, func(*testing.T) runner.Resource {
		return admin.New(admin.Addr("127.0.0.1:0"), admin.Probes(), admin.Pprof())
	})
}

func TestServer(t *testing.T) {
	t.Run("is named admin, and tells where it is while it is started", func(t *testing.T) {
		s := admin.New(nil, admin.Addr("127.0.0.1:0"))
		require.Equal(t, "admin", s.Name())
		require.Empty(t, s.URL())
		for range 2 {
			require.NoError(t, s.Start(t.Context()))
			require.Regexp(t, `^http://127\.0\.0\.1:[1-9]\d*$`, s.URL())
			status, _ := get(t, s.URL())
			require.Equal(t, "200 OK", status)
			require.NoError(t, s.Stop(t.Context()))
			require.Empty(t, s.URL())
		}
	})

	t.Run("is reachable at its URL on all interfaces, and by a name", func(t *testing.T) {
		for addr, pattern := range map[string]string{
			":0": `^http://127\.0\.0\.1:\d+$`, "0.0.0.0:0": `^http://127\.0\.0\.1:\d+$`, "localhost:0": `^http://localhost:\d+$`,
		} {
			s := start(t, admin.Addr(addr))
			require.Regexp(t, pattern, s.URL())
			status, _ := get(t, s.URL())
			require.Equal(t, "200 OK", status, addr)
		}
	})

	t.Run("fails the start when the address is in use, naming it", func(t *testing.T) {
		addr := strings.TrimPrefix(start(t).URL(), "http://")
		r := runner.NewRunner(runner.WithSignals())
		err := r.Run(t.Context(), admin.New(admin.Addr(addr)))
		require.EqualError(t, err, `start "admin": listen tcp `+addr+`: bind: address already in use`)
		require.NoError(t, r.Finish(t.Context()))
	})

	t.Run("fails the start with a bad address, and can be started after a failure", func(t *testing.T) {
		s := admin.New(admin.Addr("8081"))
		for range 2 {
			require.EqualError(t, s.Start(t.Context()), "listen tcp: address 8081: missing port in address")
			require.NoError(t, s.Stop(t.Context()))
		}
	})

	t.Run("refuses a second Start, a nil context, and one that has ended", func(t *testing.T) {
		s := start(t)
		require.EqualError(t, s.Start(t.Context()), "already started")
		require.ErrorContains(t, s.Start(nil), "nil context") //nolint:staticcheck // what happens then
		require.ErrorContains(t, s.Stop(nil), "nil context")  //nolint:staticcheck // what happens then
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errors.New("enough"))
		require.EqualError(t, admin.New().Start(ctx), "enough")
	})

	t.Run("answers what is in flight before Stop returns", func(t *testing.T) {
		s := admin.New(admin.Addr("127.0.0.1:0"))
		entered, answer := make(chan struct{}), make(chan string)
		s.Handle("/slow", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			close(entered)
			<-httpserver.Closing(r.Context())
			_, _ = io.WriteString(w, "answered")
		}))
		require.NoError(t, s.Start(t.Context()))
		r := newRequest(t, http.MethodGet, s.URL()+"/slow")
		go func() {
			response, err := client.Do(r)
			if err != nil {
				answer <- err.Error()
				return
			}
			defer response.Body.Close()
			body, _ := io.ReadAll(response.Body)
			answer <- string(body)
		}()
		<-entered
		require.NoError(t, s.Stop(t.Context()))
		require.Equal(t, "answered", <-answer)
	})

	t.Run("cuts off what is left when the time to stop is over", func(t *testing.T) {
		s := admin.New(admin.Addr("127.0.0.1:0"))
		entered := make(chan struct{})
		s.Handle("/stuck", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			close(entered)
			<-r.Context().Done()
		}))
		require.NoError(t, s.Start(t.Context()))
		r := newRequest(t, http.MethodGet, s.URL()+"/stuck")
		result := make(chan error)
		go func() {
			response, err := client.Do(r)
			if err == nil {
				response.Body.Close()
			}
			result <- err
		}()
		<-entered
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errors.New("enough"))
		var cutOff *httpserver.CutOffError
		require.ErrorAs(t, s.Stop(ctx), &cutOff)
		require.EqualError(t, cutOff.Err, "enough")
		require.ErrorIs(t, <-result, io.EOF)
	})

	t.Run("is one goroutine while it is idle", func(t *testing.T) {
		awaitGoroutines(0) // connections of other tests
		s := start(t, admin.Probes())
		awaitGoroutines(1)
		status, _ := get(t, s.URL()+"/livez")
		require.Equal(t, "200 OK", status)
		awaitGoroutines(1)
	})
}

// awaitGoroutines waits until servers have n goroutines.
func awaitGoroutines(n int) {
	for found := -1; found != n; runtime.Gosched() {
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		found = 0
		for stack := range strings.SplitSeq(string(stacks), "\n\n") {
			if !strings.Contains(stack, "testing.tRunner") && strings.Contains(stack, "net/http.(*Server)") {
				found++
			}
		}
	}
}

func TestUnderRunner(t *testing.T) {
	t.Run("answers probes from before everything else to after it", func(t *testing.T) {
		ops := admin.New(admin.Addr("127.0.0.1:0"), admin.Probes())
		r := runner.NewRunner(runner.WithSignals(), runner.WithObserver(ops.Probes()), runner.WithDrainDelay(time.Millisecond))
		var journal []string
		ask := func(what string) func(context.Context) error {
			return func(context.Context) error {
				_, body := get(t, ops.URL()+"/readyz?verbose")
				journal = append(journal, what+": "+strings.ReplaceAll(body, "\n", "; "))
				return nil
			}
		}
		db := runner.NewResource("db", ask("start db"), ask("stop db"))
		api := runner.NewServer("api", func(ctx context.Context) error { <-ctx.Done(); return nil }, ask("close api"))
		require.NoError(t, r.Start(t.Context(), ops, db, api))
		require.NoError(t, ask("up")(t.Context()))
		require.NoError(t, r.Finish(t.Context()))
		require.Equal(t, []string{
			"start db: [-]state failed: starting; readyz check failed; ",
			"up: readyz check passed; ",
			"close api: [-]state failed: stopping; readyz check failed; ",
			"stop db: [-]state failed: stopping; readyz check failed; ",
		}, journal)
	})
}

func TestFailed(t *testing.T) {
	t.Run("ends the Runner when the server stops accepting connections by itself", func(t *testing.T) {
		s := admin.New(admin.Addr("127.0.0.1:0"))
		require.Nil(t, s.Failed())
		r := runner.NewRunner(runner.WithSignals())
		require.NoError(t, r.Start(t.Context(), s))
		require.NoError(t, s.Listener().Close())
		err := r.Wait(t.Context())
		require.ErrorIs(t, err, net.ErrClosed)
		require.ErrorContains(t, err, `"admin": accept tcp 127.0.0.1:`)
		require.NoError(t, r.Finish(t.Context()))
	})
}
