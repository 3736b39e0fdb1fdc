package probes_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/probes"
	"github.com/go-fxservices/services/runner"
)

var errBoom = errors.New("boom")

// journal is what happened, in order.
type journal struct {
	mu    sync.Mutex
	lines []string
}

// note notes what happens, and what /readyz answers at this moment.
func (j *journal) note(p *probes.Probes, what string) {
	answer := get(p, "/readyz")
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, what+": "+answer)
}

// app is a resource and a server that note their calls.
func (j *journal) app(p *probes.Probes) (runner.Resource, runner.Server) {
	noting := func(what string) func(context.Context) error {
		return func(context.Context) error {
			j.note(p, what)
			return nil
		}
	}
	db := runner.NewResource("db", noting("start db"), noting("stop db"))
	api := runner.NewServer("api", waitForEnd, noting("close api"))
	return db, api
}

func TestShutdown(t *testing.T) {
	notStarted := failed("[-]state failed: starting", "readyz check failed")
	draining := failed("[-]state failed: draining", "readyz check failed")
	stopping := failed("[-]state failed: stopping", "readyz check failed")

	for name, end := range map[string]func(r *runner.Runner, l listener, cancel func()){
		"a signal":           func(_ *runner.Runner, l listener, _ func()) { l <- os.Interrupt },
		"the end of ctx":     func(_ *runner.Runner, _ listener, cancel func()) { cancel() },
		"a call of Shutdown": func(r *runner.Runner, _ listener, _ func()) { r.Shutdown(nil) },
	} {
		inBubble(t, "is not ready from "+name+" on, before any server closes", func(t *testing.T) {
			var j journal
			p, signals := probes.New(), make(listener, 1)
			r := newRunner(p, signals.option())
			ctx, cancel := context.WithCancel(t.Context())
			db, api := j.app(p)
			result := make(chan error, 1)
			go func() { result <- r.Run(ctx, db, api) }()
			synctest.Wait()
			j.note(p, "up")
			end(r, signals, cancel)
			<-result
			cancel()
			require.NoError(t, r.Finish(t.Context()))
			j.note(p, "finished")
			require.Equal(t, []string{
				"start db: " + notStarted,
				"up: " + ok(),
				"close api: " + stopping,
				"stop db: " + stopping,
				"finished: " + failed("[-]state failed: stopped", "readyz check failed"),
			}, j.lines)
		})

		inBubble(t, "is not ready during the drain after "+name, func(t *testing.T) {
			var j journal
			p, signals := probes.New(), make(listener, 1)
			r := newRunner(p, signals.option(), runner.WithDrainDelay(5*time.Second))
			ctx, cancel := context.WithCancel(t.Context())
			db, api := j.app(p)
			result := make(chan error, 1)
			go func() { result <- r.Run(ctx, db, api) }()
			synctest.Wait()
			end(r, signals, cancel)
			synctest.Wait()
			j.note(p, "draining")
			time.Sleep(4 * time.Second)
			j.note(p, "later")
			<-result
			cancel()
			require.NoError(t, r.Finish(t.Context()))
			require.Equal(t, []string{
				"start db: " + notStarted,
				"draining: " + draining,
				"later: " + draining,
				"close api: " + stopping,
				"stop db: " + stopping,
			}, j.lines)
		})
	}

	inBubble(t, "is not ready from a signal on where the Runner waits for Finish", func(t *testing.T) {
		p, signals := probes.New(), make(listener, 1)
		r := newRunner(p, signals.option())
		db, api := new(journal).app(p)
		require.NoError(t, r.Start(t.Context(), db, api))
		require.Equal(t, ok(), get(p, "/readyz"))
		signals <- os.Interrupt
		synctest.Wait()
		require.Equal(t, runner.StateReady, r.State())
		require.Equal(t, draining, get(p, "/readyz"))
		require.NoError(t, r.Finish(t.Context()))
	})

	inBubble(t, "is not ready from the failure of a server on where the Runner waits for Finish", func(t *testing.T) {
		p, fail := probes.New(), make(chan error)
		r := newRunner(p)
		api := runner.NewServer("api", func(context.Context) error { return <-fail }, nil)
		require.NoError(t, r.Start(t.Context(), api))
		fail <- errBoom
		synctest.Wait()
		require.Equal(t, draining, get(p, "/readyz"))
		require.ErrorIs(t, r.Wait(t.Context()), errBoom)
		_ = r.Finish(t.Context())
	})

	inBubble(t, "is not ready from the failure of a job or a resource on", func(t *testing.T) {
		for _, kind := range []string{"job", "resource"} {
			p, fail := probes.New(), make(chan error, 1)
			r := newRunner(p)
			var s runner.Service = runner.NewJob("job", func(context.Context) error { return <-fail })
			if kind == "resource" {
				s = &reporter{service{name: "lease"}, fail}
			}
			require.NoError(t, r.Start(t.Context(), s, runner.NewServer("api", waitForEnd, nil)))
			require.Contains(t, get(p, "/readyz"), "ok", kind)
			fail <- errBoom
			synctest.Wait()
			require.Contains(t, get(p, "/readyz"), "[-]state failed: draining", kind)
			_ = r.Finish(t.Context())
		}
	})

	inBubble(t, "fails a probe that was under way when the shutdown began", func(t *testing.T) {
		p, signals := probes.New(), make(listener, 1)
		p.Add("slow", probes.Ready, func(context.Context) error {
			time.Sleep(500 * time.Millisecond)
			return nil
		})
		r := newRunner(p, signals.option(), runner.WithDrainDelay(5*time.Second))
		_, api := new(journal).app(p)
		require.NoError(t, r.Start(t.Context(), api))
		time.AfterFunc(100*time.Millisecond, func() { signals <- os.Interrupt })
		require.Equal(t, failed("[-]state failed: draining", "[+]slow ok", "readyz check failed"), get(p, "/readyz"))
		require.NoError(t, r.Finish(t.Context()))
	})

	inBubble(t, "is ready again after a rollback and in the next life", func(t *testing.T) {
		p, signals := probes.New(), make(listener, 1)
		r := newRunner(p, signals.option())
		bad := runner.NewResource("bad", func(context.Context) error { return errBoom }, nil)
		require.ErrorIs(t, r.Run(t.Context(), bad), errBoom)
		require.Equal(t, failed("[-]state failed: stopping", "startupz check failed"), get(p, "/startupz"))
		for range 2 {
			require.NoError(t, r.Finish(t.Context()))
			_, api := new(journal).app(p)
			require.NoError(t, r.Start(t.Context(), api))
			require.Equal(t, ok(), get(p, "/readyz"))
			require.Equal(t, ok(), get(p, "/startupz"))
			signals <- os.Interrupt
			synctest.Wait()
		}
		require.NoError(t, r.Finish(t.Context()))
		require.Equal(t, answers(http.StatusOK, "ok"), get(p, "/startupz"), "it has once been ready")
		require.Equal(t, ok(), get(p, "/livez"))
	})

	inBubble(t, "is ready while another Run goes on, after a failure", func(t *testing.T) {
		p, fail := probes.New(), make(chan error)
		r := newRunner(p)
		result := make(chan error, 2)
		_, api := new(journal).app(p)
		go func() { result <- r.Run(t.Context(), api) }()
		synctest.Wait()
		bad := runner.NewServer("bad", func(context.Context) error { return <-fail }, nil)
		go func() { result <- r.Run(t.Context(), bad) }()
		synctest.Wait()
		fail <- errBoom
		require.ErrorIs(t, <-result, errBoom)
		require.Equal(t, ok(), get(p, "/readyz"))
		require.NoError(t, r.Finish(t.Context()))
		require.NoError(t, <-result)
	})
}

func waitForEnd(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// reporter is a service that can fail while it is up.
type reporter struct {
	service
	failed chan error
}

func (r *reporter) Failed() <-chan error { return r.failed }
