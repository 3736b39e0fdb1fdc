package httpserver_test

import (
	"bytes"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/httpserver"
)

func TestOptions(t *testing.T) {
	t.Run("name the service", func(t *testing.T) {
		require.Equal(t, "http", httpserver.New(nil).Name())
		require.Equal(t, "http", httpserver.New(nil, httpserver.Name(""), nil).Name())
		require.Equal(t, "admin", httpserver.New(nil, httpserver.Name("admin")).Name())
	})

	t.Run("listen on loopback by default", func(t *testing.T) {
		for _, addr := range []string{"127.0.0.1:8080", ""} {
			taken, err := net.Listen("tcp", "127.0.0.1:8080")
			if err != nil {
				t.Skip("port 8080 is in use")
			}
			err = httpserver.New(http.NotFoundHandler(), httpserver.Addr(addr)).Listen(t.Context())
			require.EqualError(t, err, "listen tcp 127.0.0.1:8080: bind: address already in use")
			require.NoError(t, taken.Close())
		}
	})

	t.Run("limit the size of headers", func(t *testing.T) {
		server := newServer(hello, httpserver.MaxHeaderBytes(1))
		result := listen(t, server)
		conn := dial(t, server)
		// net/http adds 4 KiB to the limit.
		_, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nX: "+strings.Repeat("x", 8192)+"\r\n\r\n")
		require.NoError(t, err)
		answer := make([]byte, len("HTTP/1.1 431"))
		_, err = io.ReadFull(conn, answer)
		require.NoError(t, err)
		require.Equal(t, "HTTP/1.1 431", string(answer))
		require.NoError(t, server.Close(t.Context()))
		require.NoError(t, <-result)
	})

	t.Run("log panics of handlers", func(t *testing.T) {
		var out bytes.Buffer
		server := newServer(func(http.ResponseWriter, *http.Request) { panic("oops") },
			httpserver.ErrorLog(log.New(&out, "", 0)))
		result := listen(t, server)
		require.Contains(t, get(newClient(t), url(server)), "EOF")
		require.NoError(t, server.Close(t.Context()))
		require.NoError(t, <-result)
		require.Contains(t, out.String(), "oops")
	})

	t.Run("send files whole", func(t *testing.T) {
		name := filepath.Join(t.TempDir(), "file.txt")
		content := strings.Repeat("0123456789abcdef", 64<<10)
		require.NoError(t, os.WriteFile(name, []byte(content), 0o600))
		server := newServer(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, name) })
		result := listen(t, server)
		require.Equal(t, content, get(newClient(t), url(server)))
		require.NoError(t, server.Close(t.Context()))
		require.NoError(t, <-result)
	})
}

// Each case says what a client sends, and after how long its connection ends.
func TestTimeouts(t *testing.T) {
	const (
		halfHeader = "GET / HTTP/1.1\r\nHost: x\r\n"
		halfBody   = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf"
		request    = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
	)
	read := func(_ http.ResponseWriter, r *http.Request) { _, _ = io.ReadAll(r.Body) }
	stream := func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			time.Sleep(time.Second)
			if _, err := w.Write(make([]byte, 4096)); err != nil {
				return
			}
		}
	}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		send    string
		opts    []httpserver.Option
		ends    time.Duration
	}{
		"header by default":        {hello, halfHeader, nil, 5 * time.Second},
		"body by default":          {read, halfBody, nil, 30 * time.Second},
		"answer by default":        {stream, request, nil, time.Minute},
		"idleness by default":      {hello, request, nil, 2 * time.Minute},
		"header when set":          {hello, halfHeader, options(httpserver.ReadHeaderTimeout(2 * time.Second)), 2 * time.Second},
		"body when set":            {read, halfBody, options(httpserver.ReadTimeout(7 * time.Second)), 7 * time.Second},
		"answer when set":          {stream, request, options(httpserver.WriteTimeout(9 * time.Second)), 9 * time.Second},
		"idleness when set":        {hello, request, options(httpserver.IdleTimeout(time.Second)), time.Second},
		"header without a limit":   {hello, halfHeader, options(httpserver.ReadHeaderTimeout(0)), forever},
		"body without a limit":     {read, halfBody, options(httpserver.ReadTimeout(0)), forever},
		"answer without a limit":   {stream, request, options(httpserver.WriteTimeout(-1)), forever},
		"idleness without a limit": {hello, request, options(httpserver.IdleTimeout(0)), forever},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pipes := newPipeListener()
				opts := append(c.opts, httpserver.ListenFunc(pipes.listen))
				server := httpserver.New(c.handler, opts...)
				result := listen(t, server)
				began := time.Now()
				client := pipes.dial()
				ended := async(func() error {
					_, err := io.Copy(io.Discard, client)
					return err
				})
				go func() { _, _ = io.WriteString(client, c.send) }()
				select {
				case <-ended:
					require.WithinDuration(t, began.Add(c.ends), time.Now(), 1500*time.Millisecond)
				case <-time.After(forever):
					require.Equal(t, forever, c.ends)
					require.NoError(t, client.Close())
					<-ended
				}
				require.NoError(t, server.Close(t.Context()))
				require.NoError(t, <-result)
			})
		})
	}
}

const forever = time.Hour

func options(opts ...httpserver.Option) []httpserver.Option { return opts }
