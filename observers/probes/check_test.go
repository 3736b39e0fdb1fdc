package probes_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/probes"
)

func TestChecks(t *testing.T) {
	inBubble(t, "are asked once, however many probes ask, and cached", func(t *testing.T) {
		p := probes.New()
		var calls, now, most atomic.Int32
		p.Add("db", probes.Live, func(context.Context) error {
			calls.Add(1)
			most.Store(max(most.Load(), now.Add(1)))
			time.Sleep(100 * time.Millisecond)
			now.Add(-1)
			return nil
		})
		var group sync.WaitGroup
		for i := range 1000 {
			group.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				if get(p, "/livez") != ok() {
					t.Error("not live")
				}
			})
		}
		group.Wait()
		require.EqualValues(t, 1, calls.Load(), "from 0 ms to 999 ms")
		time.Sleep(101 * time.Millisecond) // the answer came after 100 ms, and is 1 s old now
		require.Equal(t, ok(), get(p, "/livez"))
		require.EqualValues(t, 2, calls.Load())
		require.EqualValues(t, 1, most.Load())
	})

	inBubble(t, "are asked by each probe without a cache, but once at a time", func(t *testing.T) {
		for _, cacheFor := range []time.Duration{0, -1} {
			p := probes.New(probes.CacheFor(cacheFor))
			calls := 0
			p.Add("db", probes.Live, func(context.Context) error {
				calls++
				time.Sleep(100 * time.Millisecond)
				return nil
			})
			for range 3 {
				var group sync.WaitGroup
				for range 10 {
					group.Go(func() { get(p, "/livez") })
				}
				group.Wait()
			}
			require.Equal(t, 3, calls)
		}
	})

	inBubble(t, "cache failures too", func(t *testing.T) {
		p, calls := probes.New(probes.CacheFor(time.Minute)), 0
		p.Add("db", probes.Live, func(context.Context) error {
			calls++
			return errBoom
		})
		for range 60 {
			require.Equal(t, failed("[-]db failed", "livez check failed"), get(p, "/livez"))
			time.Sleep(time.Second)
		}
		require.Equal(t, 1, calls)
		get(p, "/livez")
		require.Equal(t, 2, calls)
	})

	inBubble(t, "run at the same time", func(t *testing.T) {
		p := probes.New()
		for i := range 20 {
			p.Add(fmt.Sprint(i), probes.Live, func(context.Context) error {
				time.Sleep(900 * time.Millisecond)
				return nil
			})
		}
		began := time.Now()
		require.Equal(t, ok(), get(p, "/livez"))
		require.Equal(t, 900*time.Millisecond, time.Since(began))
	})

	inBubble(t, "have failed once their time is over, and are not asked again before they have returned", func(t *testing.T) {
		p := probes.New(probes.Timeout(2*time.Second), probes.ShowErrors())
		calls, end := 0, make(chan struct{})
		p.Add("db", probes.Live, func(ctx context.Context) error {
			if calls++; calls > 1 {
				return nil
			}
			<-ctx.Done()
			<-end
			return nil
		})
		hanging := failed("[-]db failed: timed out after 2s", "livez check failed")
		began := time.Now()
		require.Equal(t, hanging, get(p, "/livez"))
		require.Equal(t, 2*time.Second, time.Since(began))
		for range 10 {
			time.Sleep(time.Minute)
			began = time.Now()
			require.Equal(t, hanging, get(p, "/livez"))
			require.Zero(t, time.Since(began), "it is known to hang")
		}
		synctest.Wait()
		require.Equal(t, 1, calls)
		close(end)
		synctest.Wait()
		require.Equal(t, ok(), get(p, "/livez"))
		require.Equal(t, 2, calls)
	})

	inBubble(t, "have failed when they return at the end of their time, whatever they return", func(t *testing.T) {
		p := probes.New(probes.ShowErrors())
		p.Add("error", probes.Live, func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		})
		p.Add("nil", probes.Live, waitForEnd)
		require.Equal(t, failed("[-]error failed: timed out after 1s", "[-]nil failed: timed out after 1s", "livez check failed"),
			get(p, "/livez"))
	})

	inBubble(t, "get a context that ends when they have returned", func(t *testing.T) {
		p := probes.New()
		var kept context.Context
		p.Add("db", probes.Live, func(ctx context.Context) error {
			kept = ctx
			return nil
		})
		require.Equal(t, ok(), get(p, "/livez"))
		synctest.Wait()
		require.ErrorIs(t, kept.Err(), context.Canceled)
		deadline, _ := kept.Deadline()
		require.Equal(t, time.Now().Add(time.Second), deadline)
	})

	inBubble(t, "that panic, exit, or return errors that do, have failed, and are asked again", func(t *testing.T) {
		p := probes.New(probes.ShowErrors())
		var calls atomic.Int32
		for name, check := range map[string]func(context.Context) error{
			"panic":               func(context.Context) error { panic("boom") },
			"panic with an error": func(context.Context) error { panic(errBoom) },
			"exit":                func(context.Context) error { runtime.Goexit(); return nil },
			"nil pointer":         func(context.Context) error { return (*badError)(nil) },
			"bad error":           func(context.Context) error { return &badError{} },
			"error that exits":    func(context.Context) error { return exitingError{} },
		} {
			p.Add(name, probes.Ready, func(ctx context.Context) error {
				calls.Add(1)
				return check(ctx)
			})
		}
		for range 2 {
			answer := get(p, "/readyz")
			require.Contains(t, answer, "[-]panic failed: panic: boom\n")
			require.Contains(t, answer, "[-]panic with an error failed: panic: boom\n")
			require.Contains(t, answer, "[-]exit failed: the call ended its goroutine\n")
			require.Contains(t, answer, "[-]nil pointer failed: <nil *probes_test.badError>\n")
			require.Contains(t, answer, "[-]bad error failed: error of type *probes_test.badError, whose Error method panics\n")
			require.Contains(t, answer, "[-]error that exits failed: the call ended its goroutine\n")
			time.Sleep(time.Second)
		}
		require.EqualValues(t, 12, calls.Load())
	})

	inBubble(t, "are not waited for by a client that has left, but answer the others", func(t *testing.T) {
		p := probes.New()
		p.Add("db", probes.Live, func(context.Context) error {
			time.Sleep(500 * time.Millisecond)
			return nil
		})
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		began := time.Now()
		require.Equal(t, 503, ask(p, httptest.NewRequestWithContext(ctx, "GET", "/livez", nil)).Code)
		require.Equal(t, 100*time.Millisecond, time.Since(began))
		require.Equal(t, ok(), get(p, "/livez"))
		require.Equal(t, 500*time.Millisecond, time.Since(began))
	})

	t.Run("may ask the probes themselves", func(t *testing.T) {
		p := probes.New()
		p.Add("db", probes.Live, passes)
		p.Add("live", probes.Ready, func(context.Context) error {
			if answer := get(p, "/livez"); answer != ok() {
				return errors.New(answer)
			}
			return nil
		})
		require.Equal(t, failed("[-]state failed: idle", "[+]live ok", "readyz check failed"), get(p, "/readyz"))
	})
}

func TestBadArguments(t *testing.T) {
	t.Run("a check without a function fails, and says so", func(t *testing.T) {
		p := probes.New(nil, probes.ShowErrors())
		p.Add("db", probes.Live, nil)
		require.Equal(t, failed("[-]db failed: it has no check function", "livez check failed"), get(p, "/livez"))
	})

	t.Run("a check of an unknown kind fails, and says so", func(t *testing.T) {
		p := probes.New(probes.ShowErrors())
		p.Add("", "liv", passes)
		p.Add("", "", passes)
		require.Equal(t, ok(), get(p, "/livez"))
		text := " failed: its kind is none of Live, Ready and Health: "
		want := []string{"[-]state failed: idle", "[-]liv" + text + `"liv"`, "[-]unnamed" + text + `""`}
		require.Equal(t, failed(append(want, "readyz check failed")...), get(p, "/readyz"))
		require.Equal(t, failed(append(want, "healthz check failed")...), get(p, "/healthz"))
	})

	t.Run("names may be empty or the same", func(t *testing.T) {
		p := probes.New()
		p.Add("", probes.Live, passes)
		p.Add("db", probes.Live, passes)
		p.Add("db", probes.Live, func(context.Context) error { return errBoom })
		require.Equal(t, failed("[+]live ok", "[+]db ok", "[-]db failed", "livez check failed"), get(p, "/livez"))
		require.Equal(t, answers(200, "[+]live ok", "livez check passed"), get(p, "/livez?verbose&exclude=db"))
	})

	inBubble(t, "a timeout that is no time reads as the default", func(t *testing.T) {
		for _, timeout := range []time.Duration{0, -time.Second} {
			p := probes.New(probes.Timeout(timeout))
			p.Add("db", probes.Live, waitForEnd)
			began := time.Now()
			require.Equal(t, failed("[-]db failed", "livez check failed"), get(p, "/livez"))
			require.Equal(t, time.Second, time.Since(began))
		}
	})
}

// badError panics when it is asked.
type badError struct{ text string }

func (e *badError) Error() string {
	if e.text == "" {
		panic("no text")
	}
	return e.text
}

type exitingError struct{}

func (exitingError) Error() string {
	runtime.Goexit()
	return ""
}
