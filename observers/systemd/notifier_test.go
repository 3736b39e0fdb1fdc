//go:build unix

package systemd_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/cenkalti/backoff/v4"
	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/systemd"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

func TestNotifier(t *testing.T) {
	t.Run("tells each step of a life", func(t *testing.T) {
		m := newManager(t, "").listen(t)
		bubble(t, func(t *testing.T) {
			r := newRunner()
			require.NoError(t, r.Start(t.Context(), resource("db"), resource("cache")))
			require.NoError(t, r.Finish(t.Context()))
		})
		require.Equal(t, []string{
			"STATUS=starting",
			"STATUS=starting (0 of 2)",
			"STATUS=starting db (0 of 2)",
			"STATUS=starting (1 of 2)\n" + more,
			"STATUS=starting cache (1 of 2)",
			"STATUS=starting (2 of 2)\n" + more,
			"READY=1\nSTATUS=ready",
			"STOPPING=1\nSTATUS=stopping (0 of 2)",
			"STATUS=stopping cache (0 of 2)",
			"STATUS=stopping (1 of 2)\n" + more,
			"STATUS=stopping db (1 of 2)",
			"STATUS=stopping (2 of 2)\n" + more,
			"STATUS=stopped",
		}, m.end(t))
	})

	t.Run("says STOPPING=1 when a signal comes, before anything closes", func(t *testing.T) {
		m := newManager(t, "").listen(t)
		var atStop []string
		bubble(t, func(t *testing.T) {
			s := make(signals, 1)
			r := runner.NewRunner(runner.WithObserver(systemd.New()), runner.WithDrainDelay(time.Minute),
				runner.WithListenerBuilder(func() runner.Listener { return s }))
			require.NoError(t, r.Start(t.Context(), runner.NewResource("db", nothing, func(context.Context) error {
				atStop = append(atStop, "stop")
				return nil
			})))
			s <- os.Interrupt
			require.NoError(t, r.Wait(t.Context()))
			require.NoError(t, r.Finish(t.Context()))
		})
		all := m.end(t)
		require.Equal(t, []string{"stop"}, atStop)
		require.Contains(t, all, "STOPPING=1")
		require.Less(t, index(all, "STOPPING=1"), index(all, "STATUS=stopping db (0 of 1)"))
		require.Equal(t, 1, with(all, "STOPPING=1"))
		require.Equal(t, 1, with(all, "READY=1"))
	})

	t.Run("is never ready where the start fails", func(t *testing.T) {
		m := newManager(t, "").listen(t)
		bubble(t, func(t *testing.T) {
			r := newRunner()
			require.ErrorIs(t, r.Run(t.Context(), resource("db"), runner.NewResource("cache",
				func(context.Context) error { return errBoom }, nothing), resource("queue")), errBoom)
			require.NoError(t, r.Finish(t.Context()))
		})
		all := m.end(t)
		require.Zero(t, with(all, "READY=1"))
		require.Equal(t, 1, with(all, "STOPPING=1"))
		require.Contains(t, all, "STATUS=starting (1 of 2)", "the one that failed does not count")
		require.Contains(t, all, "STATUS=stopping db (0 of 1)")
	})

	t.Run("gives more time for retries, and none for a start that is stuck", func(t *testing.T) {
		m := newManager(t, "").listen(t)
		bubble(t, func(t *testing.T) {
			attempts := 0
			db := retrier.New().Backoff(backoff.NewConstantBackOff(10 * time.Second)).Build(runner.NewResource("db", func(context.Context) error {
				if attempts++; attempts < 3 {
					return errBoom
				}
				return nil
			}, nothing))
			r := newRunner()
			require.Error(t, r.Run(t.Context(), db, runner.With(runner.NewResource("stuck", hangs, nothing), runner.StartTimeout(time.Hour))))
			require.NoError(t, r.Finish(t.Context()))
		})
		all := m.end(t)
		require.Equal(t, 2, with(all, "EXTEND_TIMEOUT_USEC=4"), "two attempts, each 10 s before the next: %q", all)
		stuck, stop := index(all, "STATUS=starting stuck (1 of 2)"), index(all, "STOPPING=1")
		require.Positive(t, stuck)
		require.Less(t, stuck, stop)
		require.Zero(t, with(all[stuck:stop+1], "EXTEND_TIMEOUT_USEC"), "%q", all)
	})

	t.Run("announces a second life", func(t *testing.T) {
		m := newManager(t, "").listen(t)
		bubble(t, func(t *testing.T) {
			r := newRunner()
			for range 2 {
				require.NoError(t, r.Start(t.Context(), resource("db")))
				require.NoError(t, r.Finish(t.Context()))
			}
		})
		all := m.end(t)
		require.Equal(t, 2, with(all, "READY=1"))
		require.Equal(t, all[:len(all)/2], all[len(all)/2:])
	})

	t.Run("counts Jobs that are done among what is started, not among what stops", func(t *testing.T) {
		m := newManager(t, "").listen(t)
		bubble(t, func(t *testing.T) {
			r := newRunner()
			require.NoError(t, r.Run(t.Context(), resource("db"), runner.NewJob("import", nothing)))
			require.NoError(t, r.Finish(t.Context()))
		})
		all := m.end(t)
		require.Positive(t, with(all, "STATUS=starting (2 of 2)"))
		require.Contains(t, all, "STATUS=stopping db (0 of 1)")
	})

	t.Run("lets no name forge a message, and cuts long lists", func(t *testing.T) {
		m := newManager(t, "").listen(t)
		bubble(t, func(t *testing.T) {
			r := runner.NewRunner(runner.WithSignals(), runner.WithObserver(systemd.New()), runner.WithConcurrency(0))
			var all []runner.Service
			wait := make(chan struct{})
			for i := range 50 {
				name := fmt.Sprintf("a service\nREADY=1 %02d%s", i, strings.Repeat("x", 1000*i))
				all = append(all, runner.NewResource(name, func(context.Context) error { <-wait; return nil }, nothing))
			}
			time.AfterFunc(time.Second, func() { close(wait) })
			require.NoError(t, r.Start(t.Context(), all...))
			require.NoError(t, r.Finish(t.Context()))
		})
		all := m.end(t)
		require.Equal(t, 1, with(all, "READY=1"))
		require.Equal(t, len(all)-1, with(all[:len(all)-1], "STATUS="), "each changes the status")
		for _, message := range all {
			require.Less(t, len(message), 500)
		}
		require.Contains(t, strings.Join(all, "\n"), ` more (0 of 50)`)
	})

	t.Run("speaks to an abstract socket", func(t *testing.T) {
		if runtime.GOOS != "linux" {
			t.Skip("only Linux has abstract sockets")
		}
		m := newManager(t, fmt.Sprintf("@services/%d/%s", os.Getpid(), t.Name())).listen(t)
		bubble(t, func(t *testing.T) {
			r := newRunner()
			require.NoError(t, r.Start(t.Context()))
			require.NoError(t, r.Finish(t.Context()))
		})
		require.Equal(t, 1, with(m.end(t), "READY=1"))
	})

	t.Run("makes no failure of a socket that is gone, and says so once", func(t *testing.T) {
		for _, name := range []string{"/nowhere/notify", "vsock:2:1234", strings.Repeat("/long", 100)} {
			t.Setenv("NOTIFY_SOCKET", name)
			logged := capture(t)
			r := newRunner()
			require.NoError(t, r.Start(t.Context(), resource("db")))
			require.NoError(t, r.Finish(t.Context()))
			require.Equal(t, 1, strings.Count(logged.String(), "\n"), logged)
			require.Contains(t, logged.String(), `level=WARN msg="systemd gets no messages" NOTIFY_SOCKET=`+name+` error=`)
		}
	})

	t.Run("does nothing without a socket", func(t *testing.T) {
		t.Setenv("NOTIFY_SOCKET", "")
		t.Setenv("WATCHDOG_USEC", "2")
		logged := capture(t)
		r := newRunner(nil, systemd.Live(func(context.Context) error { panic("nobody asks") }))
		require.NoError(t, r.Start(t.Context(), resource("db")))
		require.NoError(t, r.Finish(t.Context()))
		require.Empty(t, logged.String())
	})

	t.Run("says READY=1 again when systemd was busy", func(t *testing.T) {
		m := newManager(t, "")
		conn, err := net.DialUnix("unixgram", nil, m.addr())
		require.NoError(t, err)
		defer conn.Close()
		for err == nil { // until nothing more fits in
			require.NoError(t, conn.SetWriteDeadline(time.Now().Add(100*time.Millisecond)))
			_, err = conn.Write([]byte("X=1"))
		}
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		capture(t)
		r := newRunner()
		require.NoError(t, r.Start(t.Context(), resource("db")))
		m.listen(t)
		eventually(t, func() bool { return with(m.messages(), "READY=1") == 1 })
		require.NoError(t, r.Finish(t.Context()))
		require.Equal(t, 1, with(m.end(t), "READY=1"))
	})
}

// capture returns what slog writes during the test.
func capture(t *testing.T) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&b, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return &b
}

// index returns the index of the first message with a line.
func index(messages []string, line string) int {
	for i, m := range messages {
		if strings.Contains("\n"+m+"\n", "\n"+line+"\n") {
			return i
		}
	}
	return -1
}
