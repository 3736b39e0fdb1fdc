package dashboard_test

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/httpserver"
	"github.com/go-fxservices/services/observers/dashboard"
	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/runner"
)

// stream is a response that records what it is told.
type stream struct {
	*httptest.ResponseRecorder

	mu sync.Mutex
}

func (s *stream) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ResponseRecorder.Write(b)
}

// events returns how many changes the stream has been told.
func (s *stream) events() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Count(s.Body.String(), "data: changed\n\n")
}

// listen asks for the events, and returns when they are over.
func listen(ctx context.Context, h http.Handler, lastID string) (s *stream, over <-chan struct{}) {
	s, done := &stream{ResponseRecorder: httptest.NewRecorder()}, make(chan struct{})
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/?events", nil)
	r.Header.Set("Last-Event-ID", lastID)
	go func() {
		defer close(done)
		h.ServeHTTP(s, r)
	}()
	return s, done
}

func TestEvents(t *testing.T) {
	t.Run("tell each change once", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			tl := timeline.New()
			r := newRunner(tl)
			require.NoError(t, r.Start(t.Context(), resource("db")))
			ctx, end := context.WithCancel(t.Context())
			s, over := listen(ctx, dashboard.New(tl), "")
			time.Sleep(10100 * time.Millisecond) // between two looks
			require.Equal(t, 1, s.events(), "the first says where the page begins")
			require.NoError(t, r.Start(t.Context(), resource("cache")))
			time.Sleep(10 * time.Second)
			require.Equal(t, 2, s.events())
			require.NoError(t, r.Finish(t.Context()))
			time.Sleep(time.Second)
			require.Equal(t, 3, s.events())
			end()
			<-over
		})
	})

	t.Run("tell that times grow while something starts", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, end := context.WithCancel(t.Context())
			s, over := listen(ctx, dashboard.New(timeline.New()), "")
			time.Sleep(10 * time.Second)
			require.InDelta(t, 11, s.events(), 1)
			end()
			<-over
		})
	})

	t.Run("go on where a stream broke off, and end after a minute", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			tl := timeline.New()
			r := newRunner(tl)
			require.NoError(t, r.Start(t.Context(), resource("db")))
			began := time.Now()
			s, over := listen(t.Context(), dashboard.New(tl), "")
			<-over
			require.Equal(t, time.Minute, time.Since(began))
			require.InDelta(t, 3.5, strings.Count(s.Body.String(), ":\n\n"), 0.5, "no proxy takes it for dead")
			_, after, _ := strings.Cut(s.Body.String(), "id: ")
			id, _, _ := strings.Cut(after, "\n")
			again, over := listen(t.Context(), dashboard.New(tl), id)
			<-over
			require.Zero(t, again.events())
			require.NoError(t, r.Finish(t.Context()))
		})
	})

	t.Run("have a limit", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h := dashboard.New(timeline.New())
			ctx, end := context.WithCancel(t.Context())
			var all []<-chan struct{}
			for range dashboard.MostStreams {
				_, over := listen(ctx, h, "")
				all = append(all, over)
			}
			synctest.Wait()
			require.Equal(t, http.StatusServiceUnavailable, ask(h, http.MethodGet, "/?events").Code)
			end()
			for _, over := range all {
				<-over
			}
			require.Equal(t, http.StatusOK, ask(h, http.MethodHead, "/?events").Code)
		})
	})

	t.Run("do not keep the server from closing", func(t *testing.T) {
		tl := timeline.New()
		server := httpserver.New(dashboard.New(tl), httpserver.Addr("127.0.0.1:0"))
		r := runner.NewRunner(runner.WithSignals(), runner.WithObserver(tl))
		require.NoError(t, r.Start(t.Context(), server))
		response, err := http.Get("http://" + server.Addr().String() + "/?events")
		require.NoError(t, err)
		lines := bufio.NewScanner(response.Body)
		require.True(t, lines.Scan())
		require.Equal(t, "retry: 1000", lines.Text())
		ctx, end := context.WithTimeout(t.Context(), time.Minute)
		defer end()
		require.NoError(t, r.Finish(ctx))
		for lines.Scan() {
			require.NotContains(t, lines.Text(), "error")
		}
		require.NoError(t, errors.Join(lines.Err(), response.Body.Close()))
		http.DefaultClient.CloseIdleConnections()
	})
}
