package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// closingSlowly returns a Server that takes 1 s to close, and notes that.
func (j *journal) closingSlowly(name string) runner.Server {
	return runner.NewServer(name, waits, j.notes("close "+name, takes(time.Second), j.notes("closed "+name)))
}

// edgeFirst is how edge, which is after upstream, closes.
var edgeFirst = []string{"close edge", "closed edge", "close upstream", "closed upstream"}

// ends are all that end Runs which serve.
var ends = map[string]func(*testing.T, *fakeListener, *runner.Runner, context.CancelFunc){
	"a signal":       func(_ *testing.T, l *fakeListener, _ *runner.Runner, _ context.CancelFunc) { l.terminate() },
	"the end of ctx": func(_ *testing.T, _ *fakeListener, _ *runner.Runner, cancel context.CancelFunc) { cancel() },
	"Finish":         func(t *testing.T, _ *fakeListener, r *runner.Runner, _ context.CancelFunc) { finish(t, r) },
	"a Finish beside": func(t *testing.T, _ *fakeListener, r *runner.Runner, _ context.CancelFunc) {
		async(func() error { return r.Finish(context.WithoutCancel(t.Context())) })
	},
}

// TestOrderOfServers ends servers that are after each other: those that depend on
// another close first.
func TestOrderOfServers(t *testing.T) {
	for end, by := range ends {
		for mode, concurrency := range map[string]int{"one by one": 1, "at the same time": 0} {
			// play lets the Runs serve, ends them, and returns what they closed.
			play := func(t *testing.T, runs func(*runner.Runner, *journal, context.Context) []func() error) *journal {
				t.Helper()
				var j journal
				l := newFakeListener()
				r := newRunnerFor(t, l.option(), runner.WithConcurrency(concurrency))
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				waits := runs(r, &j, ctx)
				synctest.Wait()
				by(t, l, r, cancel)
				for _, wait := range waits {
					_ = wait()
				}
				finish(t, r)
				return &j
			}

			inBubble(t, "closes edge before upstream, of one Run, "+mode+", after "+end, func(t *testing.T) {
				for _, reversed := range []bool{false, true} {
					j := play(t, func(r *runner.Runner, j *journal, ctx context.Context) []func() error {
						upstream := j.closingSlowly("upstream")
						services := []runner.Service{upstream, after(j.closingSlowly("edge"), runner.With(upstream))}
						if reversed {
							services[0], services[1] = services[1], services[0]
						}
						return []func() error{async(func() error { return r.Run(ctx, services...) })}
					})
					require.Equal(t, edgeFirst, j.all())
				}
			})

			inBubble(t, "closes edge before upstream, of two Runs on one ctx, "+mode+", after "+end, func(t *testing.T) {
				j := play(t, func(r *runner.Runner, j *journal, ctx context.Context) []func() error {
					upstream := j.closingSlowly("upstream")
					one := async(func() error { return r.Run(ctx, upstream) })
					synctest.Wait()
					return []func() error{one, async(func() error { return r.Run(ctx, after(runner.With(j.closingSlowly("edge")), upstream)) })}
				})
				require.Equal(t, edgeFirst, j.all())
			})

			inBubble(t, "closes a chain from its end, "+mode+", after "+end, func(t *testing.T) {
				j := play(t, func(r *runner.Runner, j *journal, ctx context.Context) []func() error {
					upstream := j.closingSlowly("upstream")
					edge := after(j.closingSlowly("edge"), upstream)
					front := after(j.closingSlowly("front"), edge)
					return []func() error{async(func() error { return r.Run(ctx, front, upstream, edge) })}
				})
				require.Equal(t, append([]string{"close front", "closed front"}, edgeFirst...), j.all())
			})

			inBubble(t, "closes at the same time what nothing depends on, "+mode+", after "+end, func(t *testing.T) {
				j := play(t, func(r *runner.Runner, j *journal, ctx context.Context) []func() error {
					upstream := j.closingSlowly("upstream")
					return []func() error{async(func() error {
						return r.Run(ctx, upstream, after(j.closingSlowly("edge"), upstream), after(j.closingSlowly("other"), upstream))
					})}
				})
				if end == "a signal" || end == "the end of ctx" { // Run closes them
					require.ElementsMatch(t, []string{"close edge", "close other"}, j.all()[:2])
				}
				require.Equal(t, []string{"close upstream", "closed upstream"}, j.all()[4:])
			})
		}
	}
}

// TestOrderOfFailures has servers that do not close as they should.
func TestOrderOfFailures(t *testing.T) {
	for name, closes := range map[string]call{"fails": fails(errBoom), "hangs": waits, "panics": panics("broken")} {
		inBubble(t, "closes upstream after an edge whose Close "+name, func(t *testing.T) {
			var j journal
			r := newRunnerFor(t, runner.WithStopTimeout(2*time.Second))
			upstream := j.closingSlowly("upstream")
			edge := after(runner.NewServer("edge", waits, j.notes("close edge", takes(time.Second), j.notes("closed edge"), closes)), upstream)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			require.ErrorIs(t, r.Run(ctx, upstream, edge), context.DeadlineExceeded)
			require.Equal(t, edgeFirst, j.all())
		})
	}

	inBubble(t, "closes upstream after edge where a third server has failed", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		upstream := j.closingSlowly("upstream")
		require.ErrorIs(t, r.Run(t.Context(), upstream, after(j.closingSlowly("edge"), upstream), slowServer("bad", errBoom)), errBoom)
		require.Equal(t, edgeFirst, j.all())
		finish(t, r)
	})

	inBubble(t, "closes upstream after edge where ctx ends the start", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		upstream := j.closingSlowly("upstream")
		err := r.Run(ctx, upstream, after(j.closingSlowly("edge"), upstream), runner.NewResource("slow", waits, nil))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, edgeFirst, j.all())
		finish(t, r)
	})

	inBubble(t, "closes upstream after edge, each in its own stop timeout", func(t *testing.T) {
		var j journal
		r := newRunnerFor(t, runner.WithStopTimeout(1500*time.Millisecond))
		upstream := j.closingSlowly("upstream")
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		require.Equal(t, context.Canceled, r.Run(ctx, upstream, after(j.closingSlowly("edge"), upstream)))
		require.Equal(t, edgeFirst, j.all())
		finish(t, r)
	})
}
