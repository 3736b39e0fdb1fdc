package runner

import (
	"context"
	"sync"
	"time"
)

// stateTeller holds the state of a Runner, and tells its changes in order though
// they come from many goroutines: whoever changes it while another tells leaves
// the telling to that one.
type stateTeller struct {
	mu       sync.Mutex
	state    State
	starting int // runs that are starting
	drained  time.Time
	untold   []State
	telling  bool
}

func (t *stateTeller) current() State {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.state
}

// change sets the state that next returns, and tells it if it is a new one.
func (t *stateTeller) change(ctx context.Context, o *observers, next func() State) {
	t.mu.Lock()
	defer t.mu.Unlock()
	to := next()
	if to == t.state {
		return
	}
	t.state = to
	if len(o.states) == 0 {
		return
	}
	t.untold = append(t.untold, to)
	if t.telling {
		return
	}
	t.telling = true
	for len(t.untold) > 0 {
		to := t.untold[0]
		t.untold = t.untold[1:]
		t.mu.Unlock()
		o.stateChanged(ctx, to)
		t.mu.Lock()
	}
	t.telling = false
}

// What follows are the changes there are.

func (r *Runner) startBegins(ctx context.Context) {
	t := &r.states
	t.change(ctx, &r.observers, func() State {
		t.starting++
		return StateStarting
	})
}

func (r *Runner) startEnds(ctx context.Context, ok bool) {
	t := &r.states
	t.change(ctx, &r.observers, func() State {
		t.starting--
		switch {
		case !ok:
			return StateStopping
		case t.starting == 0 && t.state == StateStarting:
			return StateReady
		default:
			return t.state
		}
	})
}

// drain lets a Runner that is ready serve on for the drain delay, or until cut
// ends. A second caller waits for the same end.
func (r *Runner) drain(ctx, cut context.Context) {
	until := r.drainBegins(ctx, cut)
	if until.IsZero() {
		return
	}
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-cut.Done():
	}
}

func (r *Runner) drainBegins(ctx, cut context.Context) (until time.Time) {
	t := &r.states
	t.change(ctx, &r.observers, func() State {
		if t.state == StateReady && r.config.drainDelay > 0 && cut.Err() == nil {
			t.drained = time.Now().Add(r.config.drainDelay)
			until = t.drained
			return StateDraining
		}
		if t.state == StateDraining {
			until = t.drained
		}
		return t.state
	})
	return until
}

func (r *Runner) stopBegins(ctx context.Context) {
	r.states.change(ctx, &r.observers, func() State { return StateStopping })
}

// stopPasses undoes stopBegins where others go on: what starts, or is up.
func (r *Runner) stopPasses(ctx context.Context, up bool) {
	t := &r.states
	t.change(ctx, &r.observers, func() State {
		switch {
		case t.state != StateStopping:
			return t.state
		case t.starting > 0:
			return StateStarting
		case up:
			return StateReady
		default:
			return StateStopping
		}
	})
}

func (r *Runner) stopEnds(ctx context.Context) {
	r.states.change(ctx, &r.observers, func() State { return StateStopped })
}
