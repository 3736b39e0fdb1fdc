package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// programKey makes the test binary the program itself.
const programKey = "OPERATIONS_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(programKey) != "" {
		main() // ends the process
	}
	goleak.VerifyTestMain(m)
}

// program is the example in a process of its own.
type program struct {
	cmd      *exec.Cmd
	lines    *bufio.Scanner
	api, ops string
}

func start(t *testing.T, env ...string) *program {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGTERM")
	}
	self, err := os.Executable()
	require.NoError(t, err)
	p := &program{cmd: exec.CommandContext(t.Context(), self)}
	p.cmd.Env = append(append(os.Environ(), programKey+"=1", "ADDR=127.0.0.1:0", "ADMIN_ADDR=127.0.0.1:0", "GORACE=atexit_sleep_ms=0"), env...)
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	p.lines = bufio.NewScanner(out)
	require.NoError(t, p.cmd.Start())
	for p.lines.Scan() {
		switch fields := strings.Fields(p.lines.Text()); {
		case len(fields) > 1 && fields[0] == "API":
			p.api = fields[1]
		case len(fields) > 1 && fields[0] == "page":
			p.ops = strings.TrimSuffix(fields[1], "/services")
		case strings.HasPrefix(p.lines.Text(), "Press"):
			return p
		}
	}
	require.Fail(t, "the program has not become ready")
	return nil
}

// end waits for the end of the program, and returns what it printed meanwhile.
func (p *program) end(t *testing.T) (lines []string) {
	t.Helper()
	for p.lines.Scan() {
		lines = append(lines, p.lines.Text())
	}
	require.NoError(t, p.cmd.Wait())
	return lines
}

// get returns the code and the text of an answer, or an error.
func get(url string) (code int, text string, err error) {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 30 * time.Second}
	response, err := client.Get(url)
	if err != nil {
		return 0, "", err
	}
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, string(body), errors.Join(err, response.Body.Close())
}

func TestOperations(t *testing.T) {
	t.Run("answers at every endpoint", func(t *testing.T) {
		p := start(t, "DRAIN_DELAY=0s")
		for path, want := range map[string]string{
			"/": `href="/services"`, "/livez": "ok", "/startupz": "ok", "/readyz": "ok", "/healthz?verbose": "[+]database ok\n",
			"/services": ">cleanup</a>", "/services?stacks=cleanup": "operations.NewCleanup",
			"/metrics":      `services_state{kind="resource",service="cache",state="ready"} 1`,
			"/debug/pprof/": "goroutine",
		} {
			code, text, err := get(p.ops + path)
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, code, path)
			require.Contains(t, text, want, path)
		}
		_, text, err := get(p.ops + "/metrics")
		require.NoError(t, err)
		require.Contains(t, text, `services_healthcheck{check="health",service="database"} 1`)
		require.NoError(t, p.cmd.Process.Signal(syscall.SIGINT))
		require.Equal(t, []string{"stopping", "stopped"}, p.end(t))
	})

	t.Run("loses no request of those who look at /readyz", func(t *testing.T) {
		p := start(t, "DRAIN_DELAY=1s")
		var clients sync.WaitGroup
		var mu sync.Mutex
		answered, failures := 0, []string(nil)
		for range 8 {
			clients.Go(func() {
				for {
					code, _, err := get(p.ops + "/readyz")
					if err == nil && code == http.StatusServiceUnavailable {
						return
					}
					var text string
					if err == nil {
						_, text, err = get(p.api)
					}
					mu.Lock()
					answered++
					if err != nil || text != "hello\n" {
						failures = append(failures, text, errText(err))
					}
					mu.Unlock()
				}
			})
		}
		require.Eventually(t, func() bool {
			mu.Lock()
			defer mu.Unlock()
			return answered > 100
		}, time.Minute, time.Millisecond)
		require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
		clients.Wait()
		require.Empty(t, failures)
		require.Equal(t, []string{"draining", "stopping", "stopped"}, p.end(t))
	})

	t.Run("tells a collector", func(t *testing.T) {
		var mu sync.Mutex
		received := map[string]string{}
		collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			mu.Lock()
			defer mu.Unlock()
			received[r.URL.Path] += string(body)
		}))
		defer collector.Close()
		p := start(t, "DRAIN_DELAY=0s", "OTEL_EXPORTER_OTLP_ENDPOINT="+collector.URL)
		require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
		p.end(t)
		mu.Lock()
		defer mu.Unlock()
		for _, span := range []string{"app.start", "service.start", "database", "app.stop", "service.stop"} {
			require.Contains(t, received["/v1/traces"], span)
		}
		require.Contains(t, received["/v1/metrics"], "contrib/otelservice")
	})

	t.Run("tells systemd", func(t *testing.T) {
		dir, err := os.MkdirTemp("", "operations") //nolint:usetesting // a name of t.TempDir can be too long for a socket
		require.NoError(t, err)
		defer func() { require.NoError(t, os.RemoveAll(dir)) }()
		name := filepath.Join(dir, "notify")
		conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
		require.NoError(t, err)
		messages := make(chan string, 1000)
		go func() {
			defer close(messages)
			buffer := make([]byte, 4096)
			for {
				n, err := conn.Read(buffer)
				if err != nil {
					return
				}
				messages <- string(buffer[:n])
			}
		}()
		p := start(t, "DRAIN_DELAY=0s", "NOTIFY_SOCKET="+name)
		require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
		p.end(t)
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(100*time.Millisecond)))
		var all strings.Builder
		for message := range messages {
			all.WriteString(message + "\n")
		}
		require.NoError(t, conn.Close())
		require.Regexp(t, `(?s)STATUS=starting database.*READY=1\nSTATUS=ready.*STOPPING=1\n.*STATUS=stopped`, all.String())
	})

	t.Run("refuses a drain delay that is none", func(t *testing.T) {
		self, err := os.Executable()
		require.NoError(t, err)
		cmd := exec.CommandContext(t.Context(), self)
		cmd.Env = append(os.Environ(), programKey+"=1", "DRAIN_DELAY=soon")
		out, err := cmd.CombinedOutput()
		require.Error(t, err)
		require.Contains(t, string(out), `DRAIN_DELAY: time: invalid duration `+strconv.Quote("soon"))
	})
}

func errText(err error) string {
	if err == nil || errors.Is(err, context.Canceled) {
		return ""
	}
	return err.Error()
}
