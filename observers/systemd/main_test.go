//go:build unix

package systemd_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-fxservices/services/observers/systemd"
	"github.com/go-fxservices/services/runner"
)

// programKey names the program that the test binary is instead of a test.
const programKey = "SYSTEMD_TEST_PROGRAM"

var programs = map[string]func() error{}

func TestMain(m *testing.M) {
	if program := programs[os.Getenv(programKey)]; program != nil {
		if err := program(); err != nil {
			_, _ = os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

var errBoom = errors.New("boom")

// manager is systemd: it receives messages.
type manager struct {
	name string
	conn *net.UnixConn
	all  chan []string // gets all messages, once the last has come

	mu       sync.Mutex
	received []string
}

// last is a message of a test, which ends the manager.
const last = "LAST"

// newManager listens at name, or at a path of its own, and sets NOTIFY_SOCKET.
func newManager(t *testing.T, name string) *manager {
	t.Helper()
	if name == "" {
		dir, err := os.MkdirTemp("", "systemd") //nolint:usetesting // a name of t.TempDir can be too long for a socket
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
		name = filepath.Join(dir, "notify")
	}
	t.Setenv("NOTIFY_SOCKET", name)
	t.Setenv("WATCHDOG_USEC", "")
	t.Setenv("WATCHDOG_PID", "")
	m := &manager{name: name, all: make(chan []string, 1)}
	conn, err := net.ListenUnixgram("unixgram", m.addr())
	require.NoError(t, err)
	m.conn = conn
	return m
}

func (m *manager) addr() *net.UnixAddr { return &net.UnixAddr{Name: m.name, Net: "unixgram"} }

// listen receives messages from now on.
func (m *manager) listen(t *testing.T) *manager {
	t.Helper()
	go m.receive()
	t.Cleanup(func() { require.NoError(t, m.conn.Close()) })
	return m
}

func (m *manager) receive() {
	buffer := make([]byte, 64<<10)
	for {
		n, err := m.conn.Read(buffer)
		if err != nil || string(buffer[:n]) == last {
			m.all <- m.messages()
			return
		}
		m.mu.Lock()
		m.received = append(m.received, string(buffer[:n]))
		m.mu.Unlock()
	}
}

// messages returns those that have come so far.
func (m *manager) messages() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.received...)
}

// end returns all messages. It must not be called in a bubble.
func (m *manager) end(t *testing.T) []string {
	t.Helper()
	conn, err := net.DialUnix("unixgram", nil, m.addr())
	require.NoError(t, err)
	_, err = conn.Write([]byte(last))
	require.NoError(t, errors.Join(err, conn.Close()))
	return <-m.all
}

// bubble is synctest.Test: all messages of it have been sent when it returns.
func bubble(t *testing.T, test func(*testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}

func newRunner(opts ...systemd.Option) *runner.Runner {
	return runner.NewRunner(runner.WithSignals(), runner.WithObserver(systemd.New(opts...)))
}

// resource is one whose Start and Stop do nothing.
func resource(name string) runner.Resource { return runner.NewResource(name, nothing, nothing) }

func nothing(context.Context) error { return nil }

func hangs(ctx context.Context) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

// with returns how many of messages have a line that begins with prefix.
func with(messages []string, prefix string) (n int) {
	for _, m := range messages {
		for line := range strings.Lines(m) {
			if strings.HasPrefix(line, prefix) {
				n++
			}
		}
	}
	return n
}

const more = "EXTEND_TIMEOUT_USEC=30000000"

// signals passes the signals of a test on to a Runner.
type signals chan os.Signal

func (s signals) Receive() <-chan os.Signal { return s }
func (s signals) Stop()                     {}

func eventually(t *testing.T, isTrue func() bool) {
	t.Helper()
	require.Eventually(t, isTrue, 30*time.Second, time.Millisecond)
}
