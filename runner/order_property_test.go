package runner_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/go-fxservices/services/internal/testing/fixedcases"
	"github.com/go-fxservices/services/runner"
)

// web is a random graph of services.
type web struct {
	Needs  [][]int         // of each, by index: always lower ones
	Starts []time.Duration // how long each takes
	Stops  []time.Duration
	Given  []int // in which order Run gets them
	Most   int
	Fails  int // the one that fails to start; -1: none does

	mu     sync.Mutex
	states []string
	wrong  []string
}

func drawWeb(t *rapid.T) *web {
	n := rapid.IntRange(1, 12).Draw(t, "services")
	moments := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) time.Duration {
		return time.Duration(rapid.IntRange(0, 20).Draw(t, "ms")) * time.Millisecond
	}), n, n)
	w := &web{
		Starts: moments.Draw(t, "starts"),
		Stops:  moments.Draw(t, "stops"),
		Most:   rapid.SampledFrom([]int{0, 0, 1, 2, 3}).Draw(t, "most"),
		Fails:  rapid.IntRange(-n, n-1).Draw(t, "fails"),
		states: make([]string, n),
	}
	for i := range n {
		w.Given = append(w.Given, i)
		w.Needs = append(w.Needs, nil)
		if i > 0 {
			w.Needs[i] = rapid.SliceOfNDistinct(rapid.IntRange(0, i-1), 0, min(i, 3), rapid.ID).Draw(t, "needs")
		}
	}
	w.Given = rapid.Permutation(w.Given).Draw(t, "given")
	return w
}

// services returns them in the order they are given to Run.
func (w *web) services() []runner.Service {
	all := make([]runner.Service, len(w.Needs))
	for i, needs := range w.Needs {
		var after []runner.Service
		for _, need := range needs {
			after = append(after, all[need])
		}
		name := fmt.Sprint(i)
		all[i] = runner.With(runner.NewResource(name, w.start(i), w.stop(i)), runner.After(after...))
	}
	given := make([]runner.Service, len(all))
	for at, i := range w.Given {
		given[at] = all[i]
	}
	return given
}

func (w *web) start(i int) call {
	return func(ctx context.Context) error {
		for _, need := range w.Needs[i] {
			w.expect(need, "up", "%d starts", i)
		}
		w.set(i, "", "starting")
		select {
		case <-time.After(w.Starts[i]):
		case <-ctx.Done():
			w.set(i, "starting", "")
			return ctx.Err()
		}
		if i == w.Fails {
			w.set(i, "starting", "")
			return errBoom
		}
		w.set(i, "starting", "up")
		return nil
	}
}

func (w *web) stop(i int) call {
	return func(context.Context) error {
		for dependent, needs := range w.Needs {
			if slices.Contains(needs, i) {
				w.expectDown(dependent, i)
			}
		}
		w.set(i, "up", "stopping")
		time.Sleep(w.Stops[i])
		w.set(i, "stopping", "")
		return nil
	}
}

func (w *web) set(i int, from, to string) {
	w.expect(i, from, "it gets %q", to)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.states[i] = to
}

func (w *web) expect(i int, state, format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.states[i] != state {
		w.wrong = append(w.wrong, fmt.Sprintf("%d is %q as "+format, append([]any{i, w.states[i]}, args...)...))
	}
}

func (w *web) expectDown(dependent, i int) { w.expect(dependent, "", "%d stops", i) }

// longest is the length of the longest chain.
func (w *web) longest(took []time.Duration) (longest time.Duration) {
	ends := make([]time.Duration, len(took))
	for i, needs := range w.Needs {
		for _, need := range needs {
			ends[i] = max(ends[i], ends[need])
		}
		ends[i] += took[i]
		longest = max(longest, ends[i])
	}
	return longest
}

func total(took []time.Duration) (sum time.Duration) {
	for _, d := range took {
		sum += d
	}
	return sum
}

// within returns how long a start or stop of so many at the same time may take.
func (w *web) within(took []time.Duration) (least, most time.Duration) {
	switch w.Most {
	case 0:
		return w.longest(took), w.longest(took)
	case 1:
		return total(took), total(took)
	default: // no lane is idle while something could be begun: Graham's bound
		return w.longest(took), w.longest(took) + total(took)/time.Duration(w.Most)
	}
}

func TestOrderOfRandomGraphs(t *testing.T) {
	fixedcases.Use(t, 2000)
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWeb(rt)
		synctest.Test(t, func(*testing.T) { w.play(rt) })
		if len(w.wrong) > 0 {
			rt.Fatalf("%v\n%+v", w.wrong, w)
		}
	})
}

// play starts and stops the services, and looks at how long that took.
func (w *web) play(t require.TestingT) {
	r := newRunner(runner.WithConcurrency(w.Most))
	var err error
	took := elapsed(func() { err = r.Run(context.Background(), w.services()...) })
	if w.Fails >= 0 {
		require.EqualError(t, err, fmt.Sprintf("start %q: boom", fmt.Sprint(w.Fails)))
	} else {
		require.NoError(t, err)
		w.checkTime("start", took, w.Starts)
		took = elapsed(func() { require.NoError(t, r.Finish(context.Background())) })
		w.checkTime("stop", took, w.Stops)
	}
	for i := range w.states {
		w.expect(i, "", "all is over")
	}
	require.NoError(t, r.Finish(context.Background()))
}

func (w *web) checkTime(what string, took time.Duration, times []time.Duration) {
	if least, most := w.within(times); took < least || took > most {
		w.wrong = append(w.wrong, fmt.Sprintf("%s took %v, not between %v and %v", what, took, least, most))
	}
}
