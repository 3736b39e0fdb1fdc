//go:build unix

package systemd_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/httpserver"
	"github.com/go-fxservices/services/observers/systemd"
	"github.com/go-fxservices/services/runner"
)

func init() {
	programs["listeners"] = printListeners
	programs["serve"] = serve
}

// own sets LISTEN_PID to the process itself, as systemd does, where the parent could not know it.
func own() {
	if os.Getenv("LISTEN_PID") == "own" {
		_ = os.Setenv("LISTEN_PID", strconv.Itoa(os.Getpid()))
	}
}

func printListeners() error {
	own()
	for range 2 {
		all, err := systemd.Listeners()
		if err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(all)) {
			for _, l := range all[name] {
				fmt.Println(name, l.Addr())
			}
		}
		fmt.Println(all != nil, os.Getenv("LISTEN_PID")+os.Getenv("LISTEN_FDS")+os.Getenv("LISTEN_FDNAMES") == "")
	}
	return nil
}

func serve() error {
	own()
	all, err := systemd.Listeners()
	if err != nil {
		return err
	}
	server := httpserver.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }),
		httpserver.ListenFunc(func(context.Context) (net.Listener, error) { return all["http"][0], nil }))
	r := runner.NewRunner(runner.WithObserver(systemd.New()))
	return errors.Join(r.Run(context.Background(), server), r.Finish(context.Background()))
}

// command runs a program of this binary with sockets.
func command(t *testing.T, program string, env []string, sockets ...*os.File) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(append(os.Environ(), programKey+"="+program, "GORACE=atexit_sleep_ms=0"), env...)
	cmd.ExtraFiles = sockets
	return cmd
}

func listen(t *testing.T) (address string, file *os.File) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	file, err = l.(*net.TCPListener).File()
	require.NoError(t, errors.Join(err, l.Close()))
	t.Cleanup(func() { _ = file.Close() })
	return l.Addr().String(), file
}

func TestListeners(t *testing.T) {
	a, fileA := listen(t)
	b, fileB := listen(t)
	c, fileC := listen(t)
	none := "true true\n"

	for name, test := range map[string]struct {
		env  []string
		want string
	}{
		"by name":         {[]string{"LISTEN_PID=own", "LISTEN_FDS=3", "LISTEN_FDNAMES=http:grpc:http"}, "grpc " + b + "\nhttp " + a + "\nhttp " + c + "\n" + none},
		"without names":   {[]string{"LISTEN_PID=own", "LISTEN_FDS=2"}, "unknown " + a + "\nunknown " + b + "\n" + none},
		"with few names":  {[]string{"LISTEN_PID=own", "LISTEN_FDS=2", "LISTEN_FDNAMES=http"}, "http " + a + "\nunknown " + b + "\n" + none},
		"of none":         {[]string{"LISTEN_PID=own", "LISTEN_FDS=0"}, none},
		"of another":      {[]string{"LISTEN_PID=1", "LISTEN_FDS=3", "LISTEN_FDNAMES=http:grpc:http"}, none},
		"of nobody":       {[]string{"LISTEN_FDS=3"}, none},
		"without systemd": {nil, none},
	} {
		t.Run(name+" are found once", func(t *testing.T) {
			out, err := command(t, "listeners", test.env, fileA, fileB, fileC).CombinedOutput()
			require.NoError(t, err, string(out))
			require.Equal(t, test.want+none, string(out))
		})
	}

	t.Run("that make no sense are an error", func(t *testing.T) {
		packets, err := net.ListenPacket("udp", "127.0.0.1:0")
		require.NoError(t, err)
		defer packets.Close()
		file, err := packets.(*net.UDPConn).File()
		require.NoError(t, err)
		defer file.Close()
		for env, want := range map[string]string{
			"LISTEN_PID=own LISTEN_FDS=many":                    `systemd: LISTEN_FDS="many" is no number of sockets`,
			"LISTEN_PID=own LISTEN_FDS=-1":                      `systemd: LISTEN_FDS="-1" is no number of sockets`,
			"LISTEN_PID=me LISTEN_FDS=1":                        `systemd: LISTEN_PID: strconv.Atoi: parsing "me": invalid syntax`,
			"LISTEN_PID=own LISTEN_FDS=2 LISTEN_FDNAMES=ok:dns": `systemd: socket 2 of 2, "dns": `,
			"LISTEN_PID=own LISTEN_FDS=999999999":               `systemd: socket 2 of 999999999, "unknown": `,
		} {
			out, err := command(t, "listeners", strings.Fields(env), fileA, file).CombinedOutput()
			require.Error(t, err, env)
			require.Contains(t, string(out), want)
		}
	})

	t.Run("serve HTTP", func(t *testing.T) {
		m := newManager(t, "").listen(t)
		cmd := command(t, "serve", []string{"LISTEN_PID=own", "LISTEN_FDS=1", "LISTEN_FDNAMES=http"}, fileA)
		cmd.Stderr = os.Stderr
		require.NoError(t, cmd.Start())
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		response, err := client.Get("http://" + a) // the socket listens before anybody serves
		require.NoError(t, err)
		body, err := io.ReadAll(response.Body)
		require.NoError(t, errors.Join(err, response.Body.Close()))
		require.Equal(t, "hello", string(body))
		eventually(t, func() bool { return with(m.messages(), "READY=1") == 1 })
		require.NoError(t, cmd.Process.Signal(os.Interrupt))
		require.NoError(t, cmd.Wait())
		require.Equal(t, 1, with(m.end(t), "STOPPING=1"))
	})
}
