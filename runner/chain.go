package runner

import (
	"math"
	"slices"
	"time"
)

// chain is units that stop one after the other, and how long that takes if each of them uses up its stop timeout.
type chain struct {
	units []*unit
	need  time.Duration
}

// longestChain returns the chain that a shutdown of everything would take the longest for, after a drain of that delay: of
// what is up, and of what Runs under way are still to start.
func (g *registry) longestChain(drain time.Duration, most int) chain {
	servers, rest := g.toStop()
	c := chain{need: max(drain, 0)}
	c.follow(closing(servers), 0)
	if most == 1 {
		c.follow(plan{units: reversed(rest)}, 1)
		return c
	}
	for _, group := range g.byRun(rest) {
		c.follow(group, most)
	}
	return c
}

// played is a unit in a play of a plan.
type played struct {
	index int
	end   time.Duration
	after *played // whose end let it begin; nil: it could begin at once
}

// follow adds the longest chain of a plan. It plays the plan as forEach works through it: a graph alone does not say who waits
// where no more than a few may stop at the same time.
func (c *chain) follow(of plan, most int) {
	var last *played
	var running []*played
	order := newSchedule(len(of.units), of.order)
	for {
		for most == 0 || len(running) < most {
			i := order.take()
			if i < 0 {
				break
			}
			running = append(running, of.play(i, last))
		}
		if len(running) == 0 {
			break
		}
		last = slices.MinFunc(running, func(a, b *played) int { return int(min(max(a.end-b.end, -1), 1)) })
		running = slices.DeleteFunc(running, func(p *played) bool { return p == last })
		order.done(last.index)
	}
	if last == nil {
		return
	}
	c.need = plus(c.need, last.end)
	at := len(c.units)
	for ; last != nil; last = last.after {
		if u := of.units[last.index]; u != nil {
			c.units = slices.Insert(c.units, at, u)
		}
	}
}

// play begins to stop a unit once after has stopped.
func (p plan) play(i int, after *played) *played {
	next := &played{index: i, after: after}
	if after != nil {
		next.end = after.end
	}
	if u := p.units[i]; u != nil {
		next.end = plus(next.end, u.stopTimeout)
	}
	return next
}

// plus adds a stop timeout, which may be none: then the sum is the longest Duration.
func plus(d, timeout time.Duration) time.Duration {
	if timeout <= 0 || d > math.MaxInt64-timeout {
		return math.MaxInt64
	}
	return d + timeout
}
