//go:build unix

package systemd_test

import (
	"context"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/systemd"
)

func TestWatchdog(t *testing.T) {
	// beats returns how often systemd is told that a program is live that is up for 10 s, with a watchdog of 2 s.
	beats := func(t *testing.T, pid string, opts ...systemd.Option) int {
		t.Helper()
		m := newManager(t, "").listen(t)
		t.Setenv("WATCHDOG_USEC", "2000000")
		t.Setenv("WATCHDOG_PID", pid)
		bubble(t, func(t *testing.T) {
			r := newRunner(opts...)
			require.NoError(t, r.Start(t.Context(), resource("db")))
			time.Sleep(9*time.Second + 500*time.Millisecond)
			require.NoError(t, r.Finish(t.Context()))
			time.Sleep(time.Minute)
		})
		all := m.end(t)
		for _, message := range all {
			require.False(t, strings.Contains(message, "WATCHDOG=1") && message != "WATCHDOG=1")
		}
		return with(all, "WATCHDOG=1")
	}
	const always = 10

	t.Run("is told at half of its time", func(t *testing.T) {
		require.Equal(t, always, beats(t, ""))
		require.Equal(t, always, beats(t, strconv.Itoa(os.Getpid())))
		require.Equal(t, always, beats(t, "", systemd.Live(nil)))
	})

	t.Run("is that of another process", func(t *testing.T) {
		require.Zero(t, beats(t, strconv.Itoa(os.Getppid())))
	})

	t.Run("is told only while the program is live", func(t *testing.T) {
		for name, fails := range map[string]func(context.Context) error{
			"error":    func(context.Context) error { return errBoom },
			"panic":    func(context.Context) error { panic("boom") },
			"deadline": hangs,
		} {
			t.Run(name, func(t *testing.T) {
				calls := 0
				require.Equal(t, always-3, beats(t, "", systemd.Live(func(ctx context.Context) error {
					if calls++; calls <= 3 {
						return fails(ctx)
					}
					return nil
				})))
			})
		}
	})

	t.Run("does not ask again before an answer", func(t *testing.T) {
		calls := 0
		require.Equal(t, 5, beats(t, "", systemd.Live(func(context.Context) error {
			if calls++; calls == 2 {
				time.Sleep(6*time.Second + 100*time.Millisecond)
			}
			return nil
		})), "at 0 s, at 7.1 s for that and for the one that was missed, at 8 and 9 s")
	})

	t.Run("of a time that makes no sense is a warning", func(t *testing.T) {
		for _, usec := range []string{"0", "-1", "soon", "9223372036854775807", "99999999999999999999"} {
			m := newManager(t, "").listen(t)
			t.Setenv("WATCHDOG_USEC", usec)
			logged := capture(t)
			bubble(t, func(t *testing.T) {
				r := newRunner()
				require.NoError(t, r.Start(t.Context()))
				require.NoError(t, r.Finish(t.Context()))
			})
			require.Zero(t, with(m.end(t), "WATCHDOG=1"))
			require.Contains(t, logged.String(), `msg="systemd gets no WATCHDOG=1" WATCHDOG_USEC=`+usec+` error=`)
		}
	})

	t.Run("leaves a check behind that does not look at its context", func(t *testing.T) {
		newManager(t, "").listen(t)
		t.Setenv("WATCHDOG_USEC", "2000000")
		bubble(t, func(t *testing.T) {
			release := make(chan struct{})
			r := newRunner(systemd.Live(func(context.Context) error { <-release; return nil }))
			require.NoError(t, r.Start(t.Context()))
			require.NoError(t, r.Finish(t.Context()))
			close(release)
		})
	})
}
