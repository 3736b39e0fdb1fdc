package httpserver_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/go-fxservices/services/httpserver"
	"github.com/go-fxservices/services/runner"
)

// A server on a Unix socket removes the file that a killed process has left behind.
func ExampleListenFunc_unixSocket() {
	folder, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "http.sock")

	server := httpserver.New(http.NotFoundHandler(),
		httpserver.ListenFunc(func(ctx context.Context) (net.Listener, error) {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
			return new(net.ListenConfig).Listen(ctx, "unix", path)
		}))

	ctx := context.Background()
	r := runner.NewRunner()
	fmt.Println(r.Start(ctx, server))
	client := &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", path)
		},
	}}
	response, err := client.Get("http://unix/")
	if err != nil {
		fmt.Println(err)
		return
	}
	response.Body.Close()
	fmt.Println(response.Status)
	fmt.Println(r.Finish(ctx))
	// Output:
	// <nil>
	// 404 Not Found
	// <nil>
}

// A unit "http.socket" of systemd passes its socket on as descriptor 3. A FileListener is a copy of that, so the server can
// listen again after Close, and the file has to stay open as long.
func ExampleListenFunc_socketActivation() {
	file := os.NewFile(3, os.Getenv("LISTEN_FDNAMES"))
	server := httpserver.New(http.NotFoundHandler(),
		httpserver.ListenFunc(func(context.Context) (net.Listener, error) {
			return net.FileListener(file)
		}))
	fmt.Println(server.Name())
}

// HTTP/2 without TLS, beside HTTP/1.
func ExampleProtocols() {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetUnencryptedHTTP2(true)
	server := httpserver.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Proto)
	}), httpserver.Addr("127.0.0.1:0"), httpserver.Protocols(protocols))

	ctx := context.Background()
	r := runner.NewRunner()
	fmt.Println(r.Start(ctx, server))
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	response, err := (&http.Client{Transport: transport}).Get(fmt.Sprintf("http://%s/", server.Addr()))
	if err != nil {
		fmt.Println(err)
		return
	}
	body, _ := io.ReadAll(response.Body)
	response.Body.Close()
	transport.CloseIdleConnections()
	fmt.Println(string(body))
	fmt.Println(r.Finish(ctx))
	// Output:
	// <nil>
	// HTTP/2.0
	// <nil>
}

// Messages of net/http become warnings of zap.
func ExampleErrorLog() {
	core, lines := observer.New(zap.InfoLevel) // a program has zap.NewProduction()
	errorLog, err := zap.NewStdLogAt(zap.New(core), zap.WarnLevel)
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httpserver.New(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oops") }),
		httpserver.Addr("127.0.0.1:0"), httpserver.ErrorLog(errorLog))

	ctx := context.Background()
	r := runner.NewRunner()
	fmt.Println(r.Start(ctx, server))
	_, err = http.Get(fmt.Sprintf("http://%s/", server.Addr()))
	fmt.Println("answered:", err == nil)
	fmt.Println(r.Finish(ctx))
	for _, line := range lines.All() {
		fmt.Println(line.Level, strings.Contains(line.Message, "http: panic serving"))
	}
	// Output:
	// <nil>
	// answered: false
	// <nil>
	// warn true
}

// A limit for the bodies of requests, and fewer streams of HTTP/2 for one client.
func ExampleConfigure() {
	server := httpserver.New(http.NotFoundHandler(),
		httpserver.Configure(func(s *http.Server) {
			s.Handler = http.MaxBytesHandler(s.Handler, 1<<20)
			s.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: 50}
		}))
	fmt.Println(server.Name())
	// Output: http
}

// Handlers find the connection of their request, here to know who is on the other end of a Unix socket.
func ExampleConnContext() {
	type connKey struct{}
	server := httpserver.New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if socket, ok := r.Context().Value(connKey{}).(*net.UnixConn); ok {
			_, _ = socket.SyscallConn() // and from that the credentials of the peer
		}
	}), httpserver.ConnContext(func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, c)
	}))
	fmt.Println(server.Name())
	// Output: http
}

// The server counts its open connections.
func ExampleConnState() {
	var open atomic.Int64
	server := httpserver.New(http.NotFoundHandler(), httpserver.ConnState(func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			open.Add(1)
		case http.StateClosed, http.StateHijacked:
			open.Add(-1)
		}
	}))
	fmt.Println(server.Name(), open.Load())
	// Output: http 0
}
