package probes_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/go-fxservices/services/internal/testing/fixedcases"
	"github.com/go-fxservices/services/observers/probes"
)

// TestCheckAsAModel compares a check that many probes ask with a model of it: who gets which answer when, and when the check
// is called.
func TestCheckAsAModel(t *testing.T) {
	fixedcases.Use(t, 1000)
	rapid.Check(t, func(rt *rapid.T) {
		p := drawPlan(rt)
		var got history
		synctest.Test(t, func(*testing.T) { got = p.play() })
		require.Equal(rt, p.model(), got)
	})
}

// plan is a check and the probes that ask it.
type plan struct {
	timeout, cacheFor time.Duration
	calls             []outcome       // of the check, in turn; the last of them repeats
	visits            []time.Duration // when a probe comes, in order
}

type outcome struct {
	takes time.Duration
	fails bool
}

// drawPlan draws times whose fractions of a millisecond differ, so that no two things happen at once that have no order.
func drawPlan(t *rapid.T) plan {
	draw := func(name string, most int, fraction time.Duration) time.Duration {
		return time.Duration(rapid.IntRange(0, most).Draw(t, name))*time.Millisecond + fraction
	}
	p := plan{
		timeout:  draw("timeout", 100, 100*time.Microsecond),
		cacheFor: draw("cache for", 100, 500*time.Microsecond),
	}
	for range rapid.IntRange(1, 8).Draw(t, "calls") {
		p.calls = append(p.calls, outcome{draw("takes", 200, 300*time.Microsecond), rapid.Bool().Draw(t, "fails")})
	}
	for range rapid.IntRange(1, 30).Draw(t, "visits") {
		p.visits = append(p.visits, draw("visit", 600, 0))
	}
	slices.Sort(p.visits)
	return p
}

func (p *plan) call(n int) outcome { return p.calls[min(n, len(p.calls)-1)] }

// history is what happened, in times since the beginning.
type history struct {
	calls  []time.Duration
	visits []answered
}

type answered struct {
	at     time.Duration
	passed bool
}

func (p *plan) play() (h history) {
	began := time.Now()
	all := probes.New(probes.Timeout(p.timeout), probes.CacheFor(p.cacheFor))
	all.Add("check", probes.Live, func(context.Context) error {
		call := p.call(len(h.calls))
		h.calls = append(h.calls, time.Since(began)) // two at once would be a data race
		time.Sleep(call.takes)
		if call.fails {
			return errBoom
		}
		return nil
	})
	h.visits = make([]answered, len(p.visits))
	var group sync.WaitGroup
	for i, at := range p.visits {
		group.Go(func() {
			time.Sleep(at)
			passed := get(all, "/livez") == ok()
			h.visits[i] = answered{time.Since(began), passed}
		})
	}
	group.Wait()
	time.Sleep(time.Second) // the last call may be overdue
	synctest.Wait()
	return h
}

func (p *plan) model() (h history) {
	var given, returned, until time.Duration // of the latest call; until: how long its answer serves
	passed := false
	for _, at := range p.visits {
		if len(h.calls) == 0 || at > returned && at > until {
			call := p.call(len(h.calls))
			h.calls = append(h.calls, at)
			returned = at + call.takes
			given = at + min(call.takes, p.timeout)
			until = given + p.cacheFor
			passed = !call.fails && call.takes < p.timeout
		}
		h.visits = append(h.visits, answered{max(at, given), passed})
	}
	return h
}
