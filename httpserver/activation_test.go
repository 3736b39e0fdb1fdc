//go:build unix

package httpserver_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/httpserver"
	"github.com/go-fxservices/services/runner"
)

func init() { programs["activated"] = activated }

// activated serves the socket that systemd would pass on, until a signal.
func activated() error {
	const first = 3 // of the descriptors that systemd passes on
	file := os.NewFile(first, os.Getenv("LISTEN_FDNAMES"))
	server := httpserver.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(strconv.Itoa(os.Getpid())))
	}), httpserver.ListenFunc(func(context.Context) (net.Listener, error) { return net.FileListener(file) }))
	ctx, r := context.Background(), runner.NewRunner()
	if err := r.Start(ctx, server); err != nil {
		return err
	}
	fmt.Println("ready")
	return errors.Join(r.Wait(ctx), r.Finish(ctx))
}

func TestSocketActivation(t *testing.T) {
	t.Run("refuses no connection between two processes", func(t *testing.T) {
		socket, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer socket.Close()
		file, err := socket.(*net.TCPListener).File()
		require.NoError(t, err)
		defer file.Close()
		for range 2 {
			answer := make(chan string, 1)
			client, target := newClient(t), "http://"+socket.Addr().String()
			go func() { answer <- get(client, target) }() // nobody serves yet

			program, err := os.Executable()
			require.NoError(t, err)
			process := exec.CommandContext(t.Context(), program)
			process.Env = append(os.Environ(), programKey+"=activated", "LISTEN_FDS=1", "LISTEN_FDNAMES=http.socket")
			process.ExtraFiles, process.Stderr = []*os.File{file}, os.Stderr
			stdout, err := process.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, process.Start())
			require.Equal(t, strconv.Itoa(process.Process.Pid), <-answer)
			printed, err := bufio.NewReader(stdout).ReadString('\n')
			require.NoError(t, err)
			require.Equal(t, "ready\n", printed)
			require.NoError(t, process.Process.Signal(syscall.SIGTERM))
			require.NoError(t, process.Wait())
		}
	})
}
