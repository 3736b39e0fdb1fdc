package runnertest_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"
)

// resourceFaults are those of Resources, and some that other services can have, too.
func resourceFaults() []fault {
	start := func(p *parts) *func(context.Context) error { return &p.start }
	stop := func(p *parts) *func(context.Context) error { return &p.stop }
	return slices.Concat(startFaults(), stopFaults(), commonFaults("Start", start), earlyFaults("Start", start),
		commonStopFaults("is ready from Start to Stop", "is healthy once it has started", "Start", "Stop", start, stop))
}

func stopFaults() []fault {
	return []fault{
		{"does not stop", "starts and stops", "Stop returned an error: connection refused",
			func(p *parts, _ *worker) { p.stop = fails }},
		{"hangs in Stop", "starts and stops", "Stop has not returned 1.5s after it began. It waits in " + here + ".hangs (",
			func(p *parts, _ *worker) { p.stop = hangs }},
		{"panics in a second Stop", "survives a second Stop", "a second Stop panicked: close of closed channel",
			func(p *parts, w *worker) {
				var closed chan struct{}
				p.start = func(ctx context.Context) error {
					err := w.start(ctx)
					if err == nil {
						closed = make(chan struct{})
					}
					return err
				}
				p.stop = func(ctx context.Context) error {
					if err := w.end(ctx); err != nil || closed == nil {
						return err
					}
					close(closed)
					return nil
				}
			}},
		{"panics in Stop after one that was cut short", "survives a second Stop", "Stop after one that was cut short panicked: stopped twice",
			func(p *parts, w *worker) {
				var cut atomic.Bool
				p.stop = func(ctx context.Context) error {
					if cut.Load() {
						panic("stopped twice")
					}
					err := w.end(ctx)
					cut.Store(err != nil && !errors.Is(err, errNilContext))
					return err
				}
			}},
		{"gives up after a Stop that was cut short", "survives a second Stop",
			"500ms after Stop after one that was cut short, a goroutine still waits in " + here + ".work (",
			func(p *parts, w *worker) {
				p.stop = func(ctx context.Context) error {
					if ctx != nil && ctx.Err() != nil {
						w.mu.Lock()
						defer w.mu.Unlock()
						w.stop = nil
						return ctx.Err()
					}
					return w.end(ctx)
				}
			}},
		{"panics in Stop before Start", "survives Stop before Start", "Stop before Start panicked: not started",
			func(p *parts, w *worker) {
				var started atomic.Bool
				p.start = func(ctx context.Context) error {
					err := w.start(ctx)
					if err == nil {
						started.Store(true)
					}
					return err
				}
				p.stop = func(ctx context.Context) error {
					if !started.Load() && ctx != nil {
						panic(errStopped)
					}
					return w.end(ctx)
				}
			}},
		{"hangs in Stop before Start", "survives Stop before Start", "Stop before Start has not returned 1.5s after it began",
			func(p *parts, w *worker) {
				var started atomic.Bool
				p.start = func(ctx context.Context) error {
					started.Store(true)
					return w.start(ctx)
				}
				p.stop = func(ctx context.Context) error {
					if !started.Load() {
						<-forever
					}
					return w.end(ctx)
				}
			}},
		{"cannot be stopped after Stop and Start", "survives Stop before Start", "after Stop and Start: Stop returned an error: stopped before",
			func(p *parts, w *worker) {
				var early atomic.Bool
				p.stop = func(ctx context.Context) error {
					if early.Load() {
						_ = w.end(ctx)
						return errors.New("stopped before")
					}
					early.Store(w.isUp(context.Background()) != nil && ctx != nil && ctx.Err() == nil)
					return w.end(ctx)
				}
			}},
		{"loses what it starts when Stop comes", "survives Stop during Start",
			"500ms after Stop during Start, a goroutine still waits in " + here + ".wait (",
			func(p *parts, w *worker) { meetsStop(p, w, func() { go wait() }) }},
		{"panics in Start when Stop comes", "survives Stop during Start", "Start during Stop panicked: stopped",
			func(p *parts, w *worker) { meetsStop(p, w, func() { panic("stopped") }) }},
		{"hangs in Stop once its context has ended", "Stop returns when its context ends",
			"Stop with a context that has ended has not returned 500ms after that. It waits in " + here + ".",
			func(p *parts, w *worker) { p.stop = ignores(w.end) }},
		{"does not see its context end during Stop", "Stop returns when its context ends",
			"Stop with a context that ends once the call has looked at it has not returned 500ms after that",
			func(p *parts, w *worker) {
				p.stop = func(ctx context.Context) error {
					before := ctx != nil && ctx.Err() != nil
					if err := w.end(ctx); err == nil || before || !errors.Is(err, context.Canceled) {
						return err
					}
					<-forever
					return nil
				}
			}},
		{"hides the end of the context of Stop", "errors wrap that of the context",
			"Stop with a context that has ended returned an error in which errors.Is finds neither \"context canceled\" nor the cause",
			func(p *parts, w *worker) { p.stop = hides(w.end) }},
	}
}

// meetsStop makes Start wait a while for a Stop that comes meanwhile, and call met when one does.
func meetsStop(p *parts, w *worker, met func()) {
	var starting atomic.Bool
	came := make(chan struct{}, 1)
	p.start = func(ctx context.Context) error {
		starting.Store(true) // before the look at ctx, with which the rule knows that Start has begun
		defer starting.Store(false)
		if err := check(ctx); err != nil {
			return err
		}
		select {
		case <-came:
			met()
		case <-ctx.Done():
			return check(ctx)
		case <-time.After(200 * time.Millisecond):
		}
		return w.start(ctx)
	}
	p.stop = func(ctx context.Context) error {
		if starting.Load() {
			came <- struct{}{}
		}
		return w.end(ctx)
	}
}
