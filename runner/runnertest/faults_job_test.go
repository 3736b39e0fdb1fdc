package runnertest_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"
)

func jobFaults() []fault {
	run := func(p *parts) *func(context.Context) error { return &p.run }
	return slices.Concat(runFaults(), commonFaults("Run", run), earlyFaults("Run", run))
}

func runFaults() []fault {
	return []fault{
		{"fails", "runs to its end, or to that of its context", "Run returned an error: connection refused",
			func(p *parts, _ *worker) { p.run = fails }},
		{"fails after some time", "runs to its end, or to that of its context", "Run returned an error: connection refused",
			func(p *parts, _ *worker) {
				p.run = func(ctx context.Context) error {
					_ = takes(30 * time.Millisecond)(ctx)
					return fails(ctx)
				}
			}},
		{"never ends", "runs to its end, or to that of its context", "Run has not returned 1.5s after the end of its context. It waits in " + here + ".hangs (",
			func(p *parts, _ *worker) { p.run = hangs }},
		{"runs once", "runs again", "after the return of Run: Run returned an error: already started", func(p *parts, w *worker) {
			var ran atomic.Bool
			p.run = func(ctx context.Context) error {
				if ran.Load() {
					return errStarted
				}
				err := w.run(ctx)
				ran.Store(!errors.Is(err, errStarted))
				return err
			}
		}},
		{"panics in a second Run", "survives a second Run", "a second Run panicked: already started", func(p *parts, w *worker) {
			w.lasts = time.Hour
			p.run = func(ctx context.Context) error {
				err := w.run(ctx)
				if errors.Is(err, errStarted) {
					panic(err)
				}
				return err
			}
		}},
		{"loses the first Run in a second one", "survives a second Run",
			"after a second Run: Run has not returned 1.5s after the end of its context",
			func(p *parts, w *worker) {
				var lost atomic.Bool
				w.lasts = time.Hour
				p.run = func(ctx context.Context) error {
					err := w.run(ctx)
					if errors.Is(err, errStarted) {
						lost.Store(true)
					} else if lost.Load() {
						wait()
					}
					return err
				}
			}},
		{"goes on after the end of its context", "Run returns when its context ends",
			"Run with a context that has ended has not returned 500ms after that. It waits in " + here + ".",
			func(p *parts, w *worker) { p.run = ignores(w.run) }},
		{"hides the end of its context", "errors wrap that of the context",
			"Run with a context that has ended returned an error in which errors.Is finds neither \"context canceled\" nor the cause",
			func(p *parts, w *worker) { p.run = hides(w.run) }},
	}
}
