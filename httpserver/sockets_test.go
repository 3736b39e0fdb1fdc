//go:build !plan9

package httpserver_test

import (
	"context"
	"io/fs"
	"net"
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/httpserver"
)

// onSocket listens on a Unix socket.
func onSocket(path string) httpserver.Option {
	return httpserver.ListenFunc(func(ctx context.Context) (net.Listener, error) {
		return new(net.ListenConfig).Listen(ctx, "unix", path)
	})
}

// socketClient connects to a Unix socket, whatever the URL says.
func socketClient(t *testing.T, path string) *http.Client {
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// inShortFolder returns the path of a socket in a temporary folder, relative to it: a full path can be too long for the system.
func inShortFolder(t *testing.T) string {
	t.Chdir(t.TempDir())
	return "http.sock"
}

func TestUnixSocket(t *testing.T) {
	t.Run("is served, and removed by Close", func(t *testing.T) {
		path := inShortFolder(t)
		conns := make(chan net.Conn, 2)
		server := newServer(hello, onSocket(path), httpserver.ListenFunc(nil),
			httpserver.ConnContext(func(ctx context.Context, c net.Conn) context.Context {
				conns <- c
				return ctx
			}))
		for range 2 {
			result := listen(t, server)
			require.Equal(t, path, server.Addr().String())
			require.Equal(t, "hello", get(socketClient(t, path), "http://socket/"))
			require.IsType(t, (*net.UnixConn)(nil), <-conns, "the system can tell who is on its other end")
			require.NoError(t, server.Close(t.Context()))
			require.NoError(t, <-result)
			_, err := os.Stat(path)
			require.ErrorIs(t, err, fs.ErrNotExist)
		}
	})

	t.Run("of a process that was killed is in use until its file is removed", func(t *testing.T) {
		path := inShortFolder(t)
		stale, err := net.Listen("unix", path)
		require.NoError(t, err)
		stale.(*net.UnixListener).SetUnlinkOnClose(false)
		require.NoError(t, stale.Close())

		server := newServer(hello, onSocket(path))
		require.EqualError(t, server.Listen(t.Context()), "listen unix "+path+": bind: address already in use")
		require.NoError(t, server.Close(t.Context()))
		require.NoError(t, os.Remove(path))
		result := listen(t, server)
		require.Equal(t, "hello", get(socketClient(t, path), "http://socket/"))
		require.NoError(t, server.Close(t.Context()))
		require.NoError(t, <-result)
	})
}

func TestPassedSocket(t *testing.T) {
	t.Run("is served again after Close", func(t *testing.T) {
		socket, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		file, err := socket.(*net.TCPListener).File()
		require.NoError(t, err)
		defer file.Close()
		require.NoError(t, socket.Close())

		server := newServer(hello, httpserver.ListenFunc(func(context.Context) (net.Listener, error) {
			return net.FileListener(file)
		}))
		twice(t, http1Plain, server, func(client *http.Client, url string) {
			require.Equal(t, "http://"+socket.Addr().String(), url)
			require.Equal(t, "hello", get(client, url))
		})
	})

	t.Run("fails Listen when there is none", func(t *testing.T) {
		server := newServer(hello, httpserver.ListenFunc(func(context.Context) (net.Listener, error) {
			return net.FileListener(os.NewFile(1<<20, "nothing"))
		}))
		var syscallErr *os.SyscallError
		require.ErrorAs(t, server.Listen(t.Context()), &syscallErr)
	})
}
