package runner

import (
	"context"
	"sync"
	"time"
)

// scope is what the calls of one start or one stop have in common.
type scope struct {
	end    context.Context // once it has ended, calls are cut short
	share  *graceShare     // the time that is left for them then
	stacks *stacks
	late   func(task, error) // takes the result of an abandoned call that returned after all
}

// watch limits the time of the calls of one caller, one after the other:
//
//	in time ──deadline, or end of the scope──▶ expired ──half of the grace──▶ profiled ──the rest──▶ abandoned
//
// One timer serves all calls. It is set for the earliest moment at which one may be due, and looks again when it fires:
// setting it for each of many short calls would cost more than the calls.
type watch struct {
	*scope
	results chan result // gets the result of a call that is abandoned

	mu        sync.Mutex
	call      int // the number of the running call, or of the last one
	running   bool
	task      task
	began     time.Time
	deadline  time.Time // of the running call; zero: none
	stage     stage
	cutShort  bool      // the scope has ended
	abandonAt time.Time // from stage expired on
	due       time.Time // of the next stage; zero: never
	profile   *profile  // from stage profiled on
	timer     *time.Timer
	wakes     time.Time            // when the timer fires; zero: it does not
	abandoned map[int]*abandonment // calls that have not returned
}

type stage int

const (
	inTime stage = iota
	expired
	profiled
)

// abandonment is a call that was given up.
type abandonment struct {
	reason   error
	elapsed  time.Duration
	cutShort bool
	profile  *profile      // where its stack will be; nil for an event
	noted    chan struct{} // closed once the caller has noted it: only then may a late result count
}

// begin starts the time of a call, which begins now, and returns its number.
func (w *watch) begin(t task, now, deadline time.Time) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.call++
	w.running, w.task, w.began = true, t, now
	w.deadline, w.due, w.stage, w.profile = deadline, deadline, inTime, nil
	if w.cutShort {
		w.expire(w.began)
	}
	w.arm()
	return w.call
}

// finish ends the time of a call. It returns the abandonment if the call had been abandoned.
func (w *watch) finish(call int) *abandonment {
	w.mu.Lock()
	defer w.mu.Unlock()
	if a := w.abandoned[call]; a != nil {
		delete(w.abandoned, call)
		return a
	}
	w.running, w.task = false, task{}
	return nil
}

// cut cuts the running call short, and all that follow: the scope has ended.
func (w *watch) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cutShort = true
	if w.running {
		w.expire(time.Now())
		w.arm()
	}
}

// expire starts the grace of the running call, or shortens it.
func (w *watch) expire(now time.Time) {
	at := w.deadline.Add(grace)
	if w.cutShort {
		if cut := now.Add(w.give(now)); w.deadline.IsZero() || cut.Before(at) {
			at = cut
		}
	}
	if w.stage == inTime || at.Before(w.abandonAt) {
		w.abandonAt = at
	}
	if w.stage == profiled {
		w.due = w.abandonAt
		return
	}
	if w.task.linked != nil {
		w.task.linked.end(w.reason())
	}
	w.stage = expired
	w.due = now.Add(w.abandonAt.Sub(now) / 2)
}

// give returns the time that the running call still has. Only services share: an Observer that returns at all does so soon.
func (w *watch) give(now time.Time) time.Duration {
	if w.task.op == opEvent {
		return grace
	}
	return w.share.at(now)
}

// arm makes the timer fire when the call is due, or earlier.
func (w *watch) arm() {
	if w.due.IsZero() || !w.wakes.IsZero() && !w.due.Before(w.wakes) {
		return
	}
	w.wakes = w.due
	if w.timer == nil {
		w.timer = time.AfterFunc(time.Until(w.due), w.wake)
		return
	}
	w.timer.Reset(time.Until(w.due))
}

// wake is run by the timer.
func (w *watch) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wakes = time.Time{}
	for now := time.Now(); w.running && !w.due.IsZero() && !now.Before(w.due); {
		switch w.stage {
		case inTime:
			w.expire(now)
		case expired:
			w.stage, w.due = profiled, w.abandonAt
			if w.task.op != opEvent {
				w.profile = w.stacks.after(w.began)
			}
		case profiled:
			w.abandon(now)
		}
	}
	if w.running {
		w.arm()
	}
}

// abandon gives the running call up.
func (w *watch) abandon(now time.Time) {
	a := &abandonment{
		reason:   w.reason(),
		elapsed:  now.Sub(w.began),
		cutShort: w.cutShort,
		profile:  w.profile,
		noted:    make(chan struct{}),
	}
	if w.abandoned == nil {
		w.abandoned = make(map[int]*abandonment)
	}
	w.abandoned[w.call] = a
	w.running, w.task = false, task{}
	w.results <- result{abandoned: a}
}

// reason returns what ended the time of the running call.
func (w *watch) reason() error {
	switch {
	case w.cutShort:
		return context.Cause(w.end)
	case w.task.op.isStop():
		return ErrStopTimeout
	default:
		return ErrStartTimeout
	}
}

func (w *watch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer != nil {
		w.timer.Stop()
	}
}

// error returns the error of a call that was given up, with what its budget was.
func (a *abandonment) error(budget time.Duration) *TimeoutError {
	return &TimeoutError{Reason: a.reason, Budget: budget, Elapsed: a.elapsed, Abandoned: true, cutShort: a.cutShort}
}
