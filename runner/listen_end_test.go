package runner_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// TestEndBeforeListen brings the end while Observers hear that a server is about to
// start: neither Listen nor Close is called.
func TestEndBeforeListen(t *testing.T) {
	type program struct {
		listener *fakeListener
		runner   *runner.Runner
		cancel   context.CancelFunc
		fail     chan struct{} // lets another server of the Run fail
	}
	for end, by := range map[string]func(*testing.T, *program){
		"a signal": func(_ *testing.T, p *program) { p.listener.terminate() },
		"its ctx":  func(_ *testing.T, p *program) { p.cancel() },
		"Finish": func(t *testing.T, p *program) {
			async(func() error { return p.runner.Finish(context.WithoutCancel(t.Context())) })
			synctest.Wait()
		},
		"the failure of another server": func(_ *testing.T, p *program) { close(p.fail); synctest.Wait() },
	} {
		for method, start := range starts {
			for kind, listen := range map[string]call{"blocks": waits, "serves in the background": fails(nil), "fails": fails(errOther)} {
				inBubble(t, method+" ended by "+end+" calls neither Listen nor Close of one that "+kind, func(t *testing.T) {
					var j journal
					p := &program{listener: newFakeListener(), fail: make(chan struct{})}
					first := runner.NewServer("first", func(ctx context.Context) error {
						select {
						case <-p.fail:
							return errBoom
						case <-ctx.Done():
							return ctx.Err()
						}
					}, nil)
					p.runner = newRunnerFor(t, append(start.opts, p.listener.option(), runner.WithObserver(witness{&j}),
						runner.WithObserver(&startTold{name: "api", do: func() { by(t, p) }}))...)
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					p.cancel = cancel
					api := runner.NewServer("api", j.notes("listen api", listen), j.notes("close api"))
					_ = start.call(p.runner, ctx, first, runner.With(after(api, first)))
					_ = p.runner.Finish(t.Context())
					require.NotContains(t, j.all(), "listen api")
					require.NotContains(t, j.all(), "close api")
					require.NotContains(t, j.all(), "before stop api")
					require.NotContains(t, j.all(), "after start api", "it has not started")
				})
			}
		}
	}
}

// startTold is an Observer that does something when the service named name is about
// to start.
type startTold struct {
	nobody
	name string
	do   func()
}

func (o *startTold) BeforeStart(_ context.Context, s runner.Service) {
	if s.Name() == o.name {
		o.do()
	}
}

// lateServer is a Server that begins to serve after delay, and serves on in the
// background until it is closed.
type lateServer struct {
	journal
	delay   time.Duration
	serving atomic.Bool
}

func (s *lateServer) Name() string { return "api" }

func (s *lateServer) Listen(context.Context) error {
	s.note("listen")
	time.Sleep(s.delay)
	s.note("serves")
	s.serving.Store(true)
	return nil
}

func (s *lateServer) Close(context.Context) error {
	s.note("close")
	s.serving.Store(false)
	return nil
}

// unless returns err, or nil if it reads as it should.
func unless(err error, text string) error {
	if err != nil && err.Error() == text {
		return nil
	}
	return err
}

// TestLateListen closes a server before it has begun to serve: as soon as it has, it
// is closed once more.
func TestLateListen(t *testing.T) {
	for name, end := range map[string]func(*testing.T, *runner.Runner, runner.Service) error{
		"Finish": func(t *testing.T, r *runner.Runner, api runner.Service) error {
			require.NoError(t, r.Start(t.Context(), api))
			synctest.Wait()
			return r.Finish(t.Context())
		},
		"Stop": func(t *testing.T, r *runner.Runner, api runner.Service) error {
			require.NoError(t, r.Start(t.Context(), api))
			synctest.Wait()
			return r.Stop(t.Context(), api)
		},
		"a rollback": func(t *testing.T, r *runner.Runner, api runner.Service) error {
			bad := runner.NewResource("bad", func(context.Context) error { time.Sleep(time.Second); return errBoom }, nil)
			return unless(r.Start(t.Context(), api, bad), `start "bad": boom`)
		},
		"the end of a Run": func(t *testing.T, r *runner.Runner, api runner.Service) error {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			return unless(r.Run(ctx, api), "context deadline exceeded")
		},
	} {
		inBubble(t, "is closed once more: "+name, func(t *testing.T) {
			api := &lateServer{delay: 5 * time.Second}
			require.NoError(t, end(t, newRunnerFor(t), runner.With(api)))
			require.False(t, api.serving.Load(), "it serves on")
			require.Equal(t, []string{"listen", "close", "serves", "close"}, api.all())
		})

		inBubble(t, "is closed once more though it was abandoned: "+name, func(t *testing.T) {
			api := &lateServer{delay: 5 * time.Second}
			_ = end(t, newRunnerFor(t, runner.WithStopTimeout(time.Second)), api)
			time.Sleep(time.Minute)
			require.False(t, api.serving.Load(), "it serves on")
			require.Equal(t, []string{"listen", "close", "serves", "close"}, api.all())
		})

		inBubble(t, "that serves before Close is closed once: "+name, func(t *testing.T) {
			api := &lateServer{}
			require.NoError(t, end(t, newRunnerFor(t), api))
			require.Equal(t, []string{"listen", "serves", "close"}, api.all())
		})

		inBubble(t, "that returns an error is closed once: "+name, func(t *testing.T) {
			var j journal
			api := runner.NewServer("api", j.notes("listen", waits), j.notes("close"))
			require.NoError(t, end(t, newRunnerFor(t), api))
			require.Equal(t, []string{"listen", "close"}, j.all())
		})
	}

	onProcessors(t, "that waits for its own Close does not suffer", func(t *testing.T) {
		for range 100 {
			done := make(chan struct{})
			api := runner.NewServer("api", func(context.Context) error { <-done; return nil }, func(context.Context) error {
				close(done) // a second time it panics
				return nil
			})
			r := newRunner()
			require.NoError(t, r.Start(t.Context(), api))
			require.NoError(t, r.Finish(t.Context()))
		}
	})
}
