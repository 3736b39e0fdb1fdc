package runner

import (
	"context"
	"sync"
	"time"
)

// gracePeriod is the time that the platform leaves between asking a program to end and killing it; see [WithGracePeriod]:
//
//	not begun ──a Run, or the life, ends──▶ begun ──▶ over
//	    ▲                                     │         │
//	    └────────────── a new Run ────────────┴─────────┘
//
// It outlives the life of the Runner: a second Finish has the time that the first has left. While the life goes on nobody
// knows whether the end of one Run is that of the program. So the period cuts the closing of that Run short, but the life
// only once that has ended, too.
type gracePeriod struct {
	config *config
	state  func() State // of the Runner

	mu    sync.Mutex
	until time.Time // when everything is cut short; zero: not begun
	told  bool      // Observers know that it is too short
}

// margin is how long before its end a grace period of d cuts everything short: 1 s, or a tenth where that is more. Runs, and
// then Finish, need some of it to call and to abandon what is left, a busy machine needs more, and the program has yet to exit.
func margin(d time.Duration) time.Duration { return min(max(time.Second, d/10), d/2) }

// begin begins the period because of why, unless it has begun, and returns when everything is cut short. The time is zero if
// nothing will be. The end of Jobs is no reason: nobody is about to kill the program.
//
// The end of a Run may have been no more than that. A signal that finds the Runner up proves it, and so does every end after
// the time at which the platform would have killed the program: then the period begins anew. A life that has ended keeps the
// timer that it has.
func (p *gracePeriod) begin(why reason) time.Time {
	d := p.config.gracePeriod
	if d <= 0 || why == byJobs {
		return time.Time{}
	}
	state, now := p.state(), time.Now()
	isUp := state == StateStarting || state == StateReady
	p.mu.Lock()
	defer p.mu.Unlock()
	isNew := p.until.IsZero() || why == bySignal && isUp || now.After(p.until.Add(margin(d)))
	if isNew {
		p.until = now.Add(d - margin(d))
	}
	return p.until
}

// reset takes a beginning back: a new Run starts, so that what has ended was not the whole.
func (p *gracePeriod) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until = time.Time{}
}

// renew makes the period that of a new life.
func (p *gracePeriod) renew() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until, p.told = time.Time{}, false
}

// grace returns how long a call that is cut short now has to return: the grace, but never so much of the margin that nothing
// would be left for all that comes after.
func (p *gracePeriod) grace(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	left := p.until.Add(margin(p.config.gracePeriod)).Sub(now)
	if left <= 0 { // it has not begun, or nobody kills the program after all
		return grace
	}
	return min(grace, left/8)
}

// limit returns a context that ends with cut, or when the period is over.
func (p *gracePeriod) limit(cut context.Context) (context.Context, context.CancelFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.until.IsZero() {
		return cut, func() {}
	}
	return context.WithDeadlineCause(cut, p.until, ErrGracePeriod)
}

// tell reports whether Observers have yet to hear that the period is too short. It says so once in a life.
func (p *gracePeriod) tell() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	first := !p.told
	p.told = true
	return first
}
