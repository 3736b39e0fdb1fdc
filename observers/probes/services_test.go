package probes_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/probes"
	"github.com/go-fxservices/services/runner"
)

// wrapper hides what a service is.
type wrapper struct{ inner runner.Service }

func (w wrapper) Name() string           { return "wrapped " + w.inner.Name() }
func (w wrapper) Unwrap() runner.Service { return w.inner }

func TestServices(t *testing.T) {
	sick := func(context.Context) error { return errors.New("out of memory") }

	inBubble(t, "asks what is started, in the order of the start, and then what was added", func(t *testing.T) {
		p := probes.New()
		p.Add("disk", probes.Ready, passes)
		p.Add("net", probes.Ready, passes)
		r := newRunner(p)
		plain := runner.NewResource("plain", nil, nil)
		require.NoError(t, r.Start(t.Context(), &service{name: "db"}, plain, wrapper{&service{name: "cache"}}))
		require.Equal(t, answers(200, "[+]db ok", "[+]wrapped cache ok", "[+]disk ok", "[+]net ok", "readyz check passed"),
			get(p, "/readyz?verbose"))
		require.NoError(t, r.Finish(t.Context()))
		require.Equal(t, failed("[-]state failed: stopped", "[+]disk ok", "[+]net ok", "readyz check failed"), get(p, "/readyz"))
	})

	inBubble(t, "does not ask a service that is starting", func(t *testing.T) {
		p, end := probes.New(), make(chan struct{})
		r := newRunner(p)
		require.NoError(t, r.Start(t.Context(), &service{name: "db"}))
		slow, result := &stuckService{service: service{name: "slow"}, end: end, slowStart: true}, make(chan error)
		go func() { result <- r.Start(t.Context(), slow) }()
		synctest.Wait()
		require.Equal(t, failed("[-]state failed: starting", "[+]db ok", "readyz check failed"), get(p, "/readyz"))
		close(end)
		require.NoError(t, <-result)
		require.Equal(t, answers(200, "[+]db ok", "[+]slow ok", "readyz check passed"), get(p, "/readyz?verbose"))
		require.NoError(t, r.Finish(t.Context()))
	})

	inBubble(t, "forgets what has stopped, and knows it again in the next life", func(t *testing.T) {
		p := probes.New()
		r := newRunner(p)
		db, cache := &service{name: "db"}, &service{name: "cache"}
		for range 2 {
			require.NoError(t, r.Start(t.Context(), db, cache))
			require.Equal(t, answers(200, "[+]db ok", "[+]cache ok", "readyz check passed"), get(p, "/readyz?verbose"))
			require.NoError(t, r.Stop(t.Context(), db))
			require.Equal(t, answers(200, "[+]cache ok", "readyz check passed"), get(p, "/readyz?verbose"))
			require.NoError(t, r.Finish(t.Context()))
			require.Equal(t, failed("[-]state failed: stopped", "readyz check failed"), get(p, "/readyz?verbose"))
		}
	})

	inBubble(t, "forgets a service whose stop was abandoned, one whose start was, and one that failed to start", func(t *testing.T) {
		p, end := probes.New(), make(chan struct{})
		r := newRunner(p, runner.WithContinueOnStopError(), runner.WithStopTimeout(time.Second), runner.WithStartTimeout(time.Second))
		stuck := &stuckService{service: service{name: "stuck"}, end: end}
		require.NoError(t, r.Start(t.Context(), stuck))
		require.Equal(t, answers(200, "[+]stuck ok", "readyz check passed"), get(p, "/readyz?verbose"))
		slow := &stuckService{service: service{name: "slow"}, end: end, slowStart: true}
		require.ErrorIs(t, r.Start(t.Context(), slow), runner.ErrStartTimeout)
		require.Equal(t, answers(200, "[+]stuck ok", "readyz check passed"), get(p, "/readyz?verbose"))
		require.ErrorIs(t, r.Finish(t.Context()), runner.ErrStopTimeout)
		require.NotContains(t, get(p, "/readyz?verbose"), "stuck")
		close(end)
		synctest.Wait()
		require.NotContains(t, get(p, "/readyz?verbose"), "[+]")
	})

	inBubble(t, "forgets a job that is done", func(t *testing.T) {
		p, end := probes.New(), make(chan error)
		r := newRunner(p)
		job := &readyJob{end: end}
		require.NoError(t, r.Start(t.Context(), job, runner.NewServer("api", waitForEnd, nil)))
		require.Equal(t, answers(200, "[+]job ok", "readyz check passed"), get(p, "/readyz?verbose"))
		end <- nil
		synctest.Wait()
		require.Equal(t, answers(200, "readyz check passed"), get(p, "/readyz?verbose"))
		require.NoError(t, r.Finish(t.Context()))
	})

	inBubble(t, "tells instances with equal names apart, and counts equal values", func(t *testing.T) {
		p := probes.New()
		r := newRunner(p)
		one, two := &service{name: "db"}, &service{name: "db", ready: func(context.Context) error { return nil }}
		require.NoError(t, r.Start(t.Context(), one, two, value{"v"}, uncomparable{"u", nil}, uncomparable{"u", nil}))
		require.Equal(t, answers(200, "[+]db ok", "[+]db ok", "[+]v ok", "[+]u ok", "[+]u ok", "readyz check passed"),
			get(p, "/readyz?verbose"))
		require.NoError(t, r.Stop(t.Context(), one))
		require.Equal(t, answers(200, "[+]db ok", "[+]v ok", "[+]u ok", "[+]u ok", "readyz check passed"), get(p, "/readyz?verbose"))
		require.NoError(t, r.Finish(t.Context()))
		require.NotContains(t, get(p, "/readyz?verbose"), "[+]")
	})

	inBubble(t, "asks IsHealthy at /healthz only", func(t *testing.T) {
		p := probes.New()
		r := newRunner(p)
		require.NoError(t, r.Start(t.Context(), &service{name: "db", healthy: sick}))
		require.Equal(t, ok(), get(p, "/readyz"))
		require.Equal(t, failed("[-]db failed", "healthz check failed"), get(p, "/healthz"))
		require.NoError(t, r.Finish(t.Context()))
	})

	inBubble(t, "lets IsHealthy decide /readyz with HealthCountsAsReady", func(t *testing.T) {
		p := probes.New(probes.HealthCountsAsReady(), probes.ShowErrors())
		p.Add("added", probes.Health, sick)
		r := newRunner(p)
		require.NoError(t, r.Start(t.Context(), &service{name: "db", healthy: sick}))
		require.Equal(t, failed("[-]db failed: out of memory", "readyz check failed"), get(p, "/readyz"))
		require.Equal(t, failed("[-]db failed: out of memory", "[-]added failed: out of memory", "healthz check failed"),
			get(p, "/healthz"))
		require.NoError(t, r.Finish(t.Context()))
	})

	inBubble(t, "asks one check of a service at a time, and each within its timeout", func(t *testing.T) {
		p := probes.New()
		busy := make(chan struct{}, 1)
		alone := func(context.Context) error {
			select {
			case busy <- struct{}{}:
			default:
				return errors.New("two at a time")
			}
			time.Sleep(900 * time.Millisecond)
			<-busy
			return nil
		}
		r := newRunner(p)
		db := &service{name: "db"}
		require.NoError(t, r.Start(t.Context(), db))
		db.ready, db.healthy = alone, alone
		require.Equal(t, ok(), get(p, "/healthz"))
		require.NoError(t, r.Finish(t.Context()))
	})

	inBubble(t, "a hanging IsHealthy does not keep IsReady from being asked", func(t *testing.T) {
		p, end := probes.New(), make(chan struct{})
		r := newRunner(p)
		require.NoError(t, r.Start(t.Context(), &service{name: "db", healthy: hang(end)}))
		for range 3 {
			require.Equal(t, failed("[-]db failed", "healthz check failed"), get(p, "/healthz"))
			require.Equal(t, ok(), get(p, "/readyz"))
			time.Sleep(2 * time.Second)
		}
		close(end)
		require.NoError(t, r.Finish(t.Context()))
	})

	inBubble(t, "ends a check of a service that begins to stop, and leaves the service out", func(t *testing.T) {
		p := probes.New(probes.Timeout(time.Hour))
		r := newRunner(p)
		db := &service{name: "db"}
		require.NoError(t, r.Start(t.Context(), db, &service{name: "cache"}))
		db.ready = waitForEnd
		answer := make(chan string)
		go func() { answer <- get(p, "/readyz?verbose") }()
		synctest.Wait()
		began := time.Now()
		require.NoError(t, r.Stop(t.Context(), db))
		require.Equal(t, answers(200, "[+]cache ok", "readyz check passed"), <-answer)
		require.Zero(t, time.Since(began))
		require.NoError(t, r.Finish(t.Context()))
	})
}

func passes(context.Context) error { return nil }

func hang(end <-chan struct{}) func(context.Context) error {
	return func(context.Context) error {
		<-end
		return nil
	}
}

// stuckService does not return from Stop, or from Start, before end.
type stuckService struct {
	service
	end       chan struct{}
	slowStart bool
}

func (s *stuckService) Start(context.Context) error {
	if s.slowStart {
		<-s.end
	}
	return nil
}

func (s *stuckService) Stop(context.Context) error {
	<-s.end
	return nil
}

type readyJob struct{ end chan error }

func (j *readyJob) Name() string                  { return "job" }
func (j *readyJob) IsReady(context.Context) error { return nil }
func (j *readyJob) Run(ctx context.Context) error {
	select {
	case err := <-j.end:
		return err
	case <-ctx.Done():
		return nil
	}
}

// value is a service without an identity.
type value struct{ name string }

func (v value) Name() string                  { return v.name }
func (v value) Start(context.Context) error   { return nil }
func (v value) Stop(context.Context) error    { return nil }
func (v value) IsReady(context.Context) error { return nil }

// uncomparable cannot even be compared.
type uncomparable struct {
	name string
	_    []string
}

func (u uncomparable) Name() string                  { return u.name }
func (u uncomparable) Start(context.Context) error   { return nil }
func (u uncomparable) Stop(context.Context) error    { return nil }
func (u uncomparable) IsReady(context.Context) error { return nil }
