package runnertest_test

import (
	"context"
	"errors"
	"sync/atomic"
)

// startFaults are those of Start and Load.
func startFaults() []fault {
	return []fault{
		{"does not start", "starts and stops", "Start returned an error: connection refused",
			func(p *parts, _ *worker) { p.start = fails }},
		{"does not load", "starts and stops", "Load panicked: no file", func(p *parts, _ *worker) {
			p.load = func(context.Context) error { panic("no file") }
		}},
		{"ends the goroutine of Start", "starts and stops", "Start called runtime.Goexit", func(p *parts, _ *worker) {
			p.start = func(context.Context) error { exit(); return nil }
		}},
		{"hangs in Start", "starts and stops", "Start has not returned 1.5s after it began. It waits in " + here + ".hangs (faults_common_test.go:",
			func(p *parts, _ *worker) { p.start = hangs }},
		{"does not become ready", "starts and stops", "IsReady has not returned nil for 1.5s. It returned: connection refused",
			func(p *parts, _ *worker) { p.ready = fails }},
		{"starts once", "starts again after Stop", "after Stop: Start returned an error: already started",
			func(p *parts, w *worker) {
				var once atomic.Bool
				p.start = func(ctx context.Context) error {
					if once.Load() {
						return errStarted
					}
					err := w.start(ctx)
					once.Store(err == nil)
					return err
				}
			}},
		{"counts a failed Start", "starts again after a failed Start", "after Start with a context that has ended: Start returned an error: already started",
			func(p *parts, w *worker) {
				var failed atomic.Bool
				p.start = func(ctx context.Context) error {
					if failed.Load() {
						return errStarted
					}
					err := w.start(ctx)
					failed.Store(err != nil && !errors.Is(err, errStarted))
					return err
				}
			}},
		{"leaves a goroutine after a failed Start", "a failed Start leaves nothing",
			"500ms after Start with a context that has ended, a goroutine still waits in " + here + ".wait (",
			func(p *parts, w *worker) {
				p.start = func(ctx context.Context) error {
					err := w.start(ctx)
					if err != nil && !errors.Is(err, errStarted) {
						go wait()
					}
					return err
				}
			}},
		{"panics in a second Start", "survives a second Start", "a second Start panicked: already started", func(p *parts, w *worker) {
			p.start = func(ctx context.Context) error {
				err := w.start(ctx)
				if errors.Is(err, errStarted) {
					panic(err)
				}
				return err
			}
		}},
		{"loses what it has started in a second Start", "survives a second Start",
			"500ms after a second Start and Stop, a goroutine still waits in " + here + ".work (",
			func(p *parts, w *worker) {
				p.start = func(ctx context.Context) error {
					w.mu.Lock()
					if w.stop != nil {
						w.stop = nil
					}
					w.mu.Unlock()
					return w.start(ctx)
				}
			}},
		{"is not ready after a second Start", "survives a second Start",
			"after a second Start: IsReady returned an error: not started",
			func(p *parts, w *worker) {
				p.start = func(ctx context.Context) error {
					err := w.start(ctx)
					if errors.Is(err, errStarted) {
						_ = w.end(ctx)
					}
					return err
				}
			}},
		{"hangs in Start once its context has ended", "Start returns when its context ends",
			"Start with a context that has ended has not returned 500ms after that. It waits in " + here + ".",
			func(p *parts, w *worker) { p.start = ignores(w.start) }},
		{"does not see its context end during Start", "Start returns when its context ends",
			"Start with a context that ends once the call has looked at it has not returned 500ms after that",
			func(p *parts, w *worker) {
				p.start = func(ctx context.Context) error {
					if err := w.start(ctx); err != nil || ctx.Err() == nil {
						return err
					}
					_ = w.end(ctx)
					<-forever
					return nil
				}
			}},
		{"hangs in Load once its context has ended", "Start returns when its context ends",
			"Load with a context that has ended has not returned 500ms after that",
			func(p *parts, _ *worker) { p.load = ignores(check) }},
		{"hangs in IsReady once its context has ended", "Start returns when its context ends",
			"IsReady with a context that has ended has not returned 500ms after that",
			func(p *parts, w *worker) { p.ready = ignores(w.isUp) }},
		{"panics in Start once its context has ended", "Start returns when its context ends",
			"Start with a context that has ended panicked: context canceled",
			func(p *parts, w *worker) {
				p.start = func(ctx context.Context) error {
					if ctx != nil && ctx.Err() != nil {
						panic(ctx.Err())
					}
					return w.start(ctx)
				}
			}},
		{"hides the end of the context of Start", "errors wrap that of the context",
			"Start with a context that has ended returned an error in which errors.Is finds neither \"context canceled\" nor the cause",
			func(p *parts, w *worker) { p.start = hides(w.start) }},
		{"hides the end of the context of Load", "errors wrap that of the context", "Load with a context that has ended returned an error",
			func(p *parts, _ *worker) { p.load = hides(check) }},
		{"keeps the context of Start", "outlives the context of Start",
			"after the end of the context of Start: IsReady returned an error: not started",
			func(p *parts, w *worker) {
				p.start = func(ctx context.Context) error {
					err := w.start(ctx)
					if err == nil {
						context.AfterFunc(ctx, func() { _ = w.end(context.Background()) })
					}
					return err
				}
			}},
	}
}
