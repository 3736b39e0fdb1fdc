package httpserver_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-fxservices/services/httpserver"
	"github.com/go-fxservices/services/runner"
)

var (
	_ runner.Server       = (*httpserver.Server)(nil)
	_ runner.ReadyChecker = (*httpserver.Server)(nil)
)

// programKey is the variable of the environment that makes the test binary play one of programs.
const programKey = "HTTPSERVER_TEST_PROGRAM"

var programs = map[string]func() error{}

func TestMain(m *testing.M) {
	if play, ok := programs[os.Getenv(programKey)]; ok {
		if err := play(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// newServer makes a server on a free port.
func newServer(handler http.HandlerFunc, opts ...httpserver.Option) *httpserver.Server {
	return httpserver.New(handler, append([]httpserver.Option{httpserver.Addr("127.0.0.1:0")}, opts...)...)
}

// listen calls Listen and returns once the server is ready. The channel gets
// what Listen returns.
func listen(t *testing.T, server *httpserver.Server) <-chan error {
	t.Helper()
	return listenUntil(t, context.Background(), server)
}

func listenUntil(t *testing.T, ctx context.Context, server *httpserver.Server) <-chan error {
	t.Helper()
	result := async(func() error { return server.Listen(ctx) })
	for server.IsReady(ctx) != nil {
		select {
		case err := <-result:
			require.FailNow(t, "Listen returned", "%v", err)
		default:
			runtime.Gosched()
		}
	}
	return result
}

func async(call func() error) <-chan error {
	result := make(chan error, 1)
	go func() { result <- call() }()
	return result
}

// newClient makes a client with connections of its own.
func newClient(t *testing.T) *http.Client {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func url(server *httpserver.Server) string { return "http://" + server.Addr().String() }

func dial(t *testing.T, server *httpserver.Server) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", server.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// ended returns a context that has ended.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func hello(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello")) }
