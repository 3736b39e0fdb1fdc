package runnertest_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync/atomic"
	"time"
)

func serverFaults() []fault {
	listen := func(p *parts) *func(context.Context) error { return &p.listen }
	closes := func(p *parts) *func(context.Context) error { return &p.close }
	return slices.Concat(listenFaults(), closeFaults(), commonFaults("Listen", listen),
		commonStopFaults("is ready from Listen to Close", "is healthy while it listens", "Listen", "Close", listen, closes))
}

func listenFaults() []fault {
	return []fault{
		{"does not listen", "listens and closes", "Listen returned an error: connection refused",
			func(p *parts, _ *worker) { p.listen = fails }},
		{"fails some time after Listen", "listens and closes", "Listen returned an error: accept: too many open files",
			func(p *parts, w *worker) {
				p.listen = func(ctx context.Context) error {
					time.AfterFunc(30*time.Millisecond, func() { _ = w.end(context.Background()) })
					if err := w.listen(ctx); err != nil {
						return err
					}
					return errors.New("accept: too many open files")
				}
			}},
		{"panics in Listen", "listens and closes", "Listen panicked: no address", func(p *parts, _ *worker) {
			p.listen = func(context.Context) error { panic("no address") }
		}},
		{"never ends Listen", "listens and closes", "Listen has not returned 1.5s after the end of its context. It waits in " + here + ".wait (",
			func(p *parts, w *worker) {
				p.listen = func(ctx context.Context) error {
					_ = w.start(ctx)
					wait()
					return nil
				}
			}},
		{"listens once", "listens again after Close", "after Close: Listen returned an error: already started",
			func(p *parts, w *worker) {
				var once atomic.Bool
				p.listen = func(ctx context.Context) error {
					if check(ctx) == nil && once.Swap(true) {
						return errStarted
					}
					return w.listen(ctx)
				}
			}},
		{"does not block again", "listens again after Close",
			"after Close, Listen returned nil at once, though the first Listen had blocked until Close",
			func(p *parts, w *worker) {
				var closed atomic.Bool
				p.listen = func(ctx context.Context) error {
					if closed.Load() {
						go func() { _ = w.listen(context.WithoutCancel(ctx)) }()
						return nil
					}
					return w.listen(ctx)
				}
				p.close = func(ctx context.Context) error {
					closed.Store(w.isUp(context.Background()) == nil)
					return w.end(ctx)
				}
			}},
		{"does not listen after a Listen that failed", "listens again after Close",
			"after a Listen whose context had ended, and Close: Listen returned an error: already started",
			func(p *parts, w *worker) {
				var failed atomic.Bool
				p.listen = func(ctx context.Context) error {
					if failed.Load() {
						return errStarted
					}
					if err := check(ctx); err != nil {
						failed.Store(true)
						return err
					}
					return w.listen(ctx)
				}
			}},
		{"panics in a second Listen", "survives a second Listen", "a second Listen panicked: already started",
			func(p *parts, w *worker) {
				p.listen = func(ctx context.Context) error {
					err := w.listen(ctx)
					if errors.Is(err, errStarted) {
						panic(err)
					}
					return err
				}
			}},
		{"ends the first Listen in a second one", "survives a second Listen",
			"after a second Listen: IsReady returned an error: not started",
			func(p *parts, w *worker) {
				p.listen = func(ctx context.Context) error {
					err := w.listen(ctx)
					if errors.Is(err, errStarted) {
						_ = w.end(ctx)
					}
					return err
				}
			}},
		{"fails in the first Listen, too, after a second one", "survives a second Listen",
			"a second Listen returned an error, and so did the first one: lost",
			func(p *parts, w *worker) {
				var lost atomic.Bool
				p.listen = func(ctx context.Context) error {
					err := w.listen(ctx)
					if errors.Is(err, errStarted) {
						lost.Store(true)
						_ = w.end(ctx)
					} else if lost.Load() {
						return errLost
					}
					return err
				}
			}},
		{"loses the first Listen in a second one", "survives a second Listen",
			"after a second Listen, and Close: Listen has not returned 1.5s after the end of its context",
			func(p *parts, w *worker) {
				var lost atomic.Bool
				p.listen = func(ctx context.Context) error {
					err := w.listen(ctx)
					if errors.Is(err, errStarted) {
						lost.Store(true)
					} else if lost.Load() {
						wait()
					}
					return err
				}
			}},
	}
}

func closeFaults() []fault {
	return []fault{
		{"does not close", "listens and closes", "Close returned an error: connection refused",
			func(p *parts, _ *worker) { p.close = fails }},
		{"hangs in Close", "listens and closes", "Close has not returned 1.5s after it began. It waits in " + here + ".hangs (",
			func(p *parts, _ *worker) { p.close = hangs }},
		{"panics in a second Close", "survives a second Close", "a second Close panicked: close of closed channel",
			func(p *parts, w *worker) {
				var closing atomic.Pointer[chan struct{}]
				p.listen = func(ctx context.Context) error {
					if check(ctx) == nil {
						c := make(chan struct{})
						closing.Store(&c)
					}
					return w.listen(ctx)
				}
				p.close = func(ctx context.Context) error {
					if c := closing.Load(); c != nil && check(ctx) == nil {
						close(*c)
					}
					return w.end(ctx)
				}
			}},
		{"panics in Close before Listen", "survives Close before Listen", "Close before Listen panicked: not started",
			func(p *parts, w *worker) {
				var listened atomic.Bool
				p.listen = func(ctx context.Context) error {
					listened.Store(true)
					return w.listen(ctx)
				}
				p.close = func(ctx context.Context) error {
					if !listened.Load() && ctx != nil {
						panic(errStopped)
					}
					return w.end(ctx)
				}
			}},
		{"forgets a Close before Listen", "Listen returns whenever Close comes",
			"Listen with a context that has ended has not returned 500ms after the end of its context, where that and Close came before it began",
			func(p *parts, w *worker) {
				p.listen = func(ctx context.Context) error {
					if ctx == nil {
						return errNilContext
					}
					return w.listen(context.WithoutCancel(ctx))
				}
			}},
		{"leaves work behind when Close came before Listen", "Listen returns whenever Close comes",
			"a goroutine still waits in " + here + ".wait (",
			func(p *parts, w *worker) {
				var early atomic.Bool
				p.listen = func(ctx context.Context) error {
					if early.Load() {
						go wait()
					}
					return w.listen(ctx)
				}
				p.close = func(ctx context.Context) error {
					early.Store(ctx != nil && w.isUp(context.Background()) != nil)
					return w.end(ctx)
				}
			}},
		{"fails because of Close", "Listen returns no failure after Close",
			`Finish of a Runner returned an error: listen "server": no more connections`,
			func(p *parts, w *worker) {
				p.listen = func(ctx context.Context) error {
					err := w.listen(ctx)
					if err == nil {
						return errors.New("no more connections")
					}
					return err
				}
			}},
		{"fails because of Close, and says closed beside that", "Listen returns no failure after Close", "no more connections",
			func(p *parts, w *worker) {
				p.listen = func(ctx context.Context) error {
					err := w.listen(ctx)
					if err == nil {
						return errors.Join(net.ErrClosed, errors.New("no more connections"))
					}
					return err
				}
			}},
		{"hangs in Close once its context has ended", "Close returns when its context ends",
			"Close with a context that has ended has not returned 500ms after that. It waits in " + here + ".",
			func(p *parts, w *worker) { p.close = ignores(w.end) }},
		{"does not end Listen after a Close that was cut short", "Close returns when its context ends",
			"Listen has not returned 500ms after the end of its context, which came after Close with a context that has ended",
			func(p *parts, w *worker) {
				var cut atomic.Bool
				p.listen = func(ctx context.Context) error {
					err := w.listen(ctx)
					if cut.Load() {
						wait()
					}
					return err
				}
				p.close = func(ctx context.Context) error {
					cut.Store(ctx != nil && ctx.Err() != nil)
					return w.end(ctx)
				}
			}},
		{"hangs in IsReady once its context has ended", "Close returns when its context ends",
			"IsReady with a context that has ended has not returned 500ms after that",
			func(p *parts, w *worker) { p.ready = ignores(w.isUp) }},
		{"hides the end of the context of Close", "errors wrap that of the context",
			"Close with a context that has ended returned an error in which errors.Is finds neither \"context canceled\" nor the cause",
			func(p *parts, w *worker) { p.close = hides(w.end) }},
	}
}
