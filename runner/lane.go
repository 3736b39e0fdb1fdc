package runner

import (
	"context"
	"runtime"
	"sync"
	"time"
)

// grace is what a call is given to return after its context has ended, before
// it is abandoned.
const grace = 150 * time.Millisecond

// A lane is a goroutine that calls the code of services, one call after the
// other. This is the only place that does so, but for Listen, which has a
// goroutine of its own.
//
// A call that outstays its budget cannot be stopped. The lane is lost with it:
// lost is told of the call, and the goroutine ends once the call returns. The
// same happens when a call ends its goroutine with runtime.Goexit.
type lane struct {
	runner   *Runner
	end      context.Context // calls have to hurry once it has ended
	window   *window         // what is left for them then; nil: grace for each
	lost     func(call, error)
	detach   func() bool
	finished bool // the goroutine has done its work; owned by it

	mu      sync.Mutex
	call    call      // the running one
	due     time.Time // when its context ends, then when it is abandoned; zero: never
	expired bool      // its context has ended
	hurried bool      // because end has
	gone    bool      // it is lost
	timer   *time.Timer
	wakes   time.Time // when the timer fires; zero: it does not
}

// call is one call of the code of a service. The zero call is none.
type call struct {
	unit     *unit
	op       Op
	ctx      context.Context
	began    time.Time
	budget   time.Duration
	deadline time.Time // of ctx; zero: none
	late     *lateCall // an abandoned Stop that this one has to wait for
}

func (r *Runner) newLane(end context.Context, w *window, lost func(call, error)) *lane {
	l := &lane{runner: r, end: end, window: w, lost: lost}
	l.detach = context.AfterFunc(end, l.hurry)
	return l
}

// close releases what the lane holds, when its goroutine ends. It reports whether
// the goroutine was ended though the lane has not finished and is not lost.
func (l *lane) close() (ended bool) {
	l.detach()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer != nil {
		l.timer.Stop()
	}
	return !l.finished && !l.gone
}

// do makes one call and returns its error; a panic is one. It does not return
// when the lane is lost.
func (l *lane) do(c call) (err error) {
	returned := false
	c.unit.label()
	l.begin(c)
	defer func() {
		exits := false
		if !returned {
			panicked := recover()
			exits = panicked == nil
			err = newPanicError(panicked)
		}
		switch {
		case !l.finish():
			l.runner.returnedLate(c, err)
			runtime.Goexit()
		case exits:
			l.lose(c, err)
		}
	}()
	err = c.unit.invoke(c)
	returned = true
	return err
}

func (l *lane) begin(c call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.call, l.due, l.expired, l.hurried = c, c.deadline, false, false
	if l.end.Err() != nil {
		l.expire(time.Now(), true)
	}
	l.arm()
}

// finish ends the running call, and reports false if it has been abandoned.
func (l *lane) finish() (inTime bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	inTime = l.call.unit != nil
	l.call = call{}
	return inTime
}

// hurry ends the time of the running call, because end has ended.
func (l *lane) hurry() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.call.unit != nil && !l.hurried {
		l.expire(time.Now(), true)
		l.arm()
	}
}

// expire lets the grace of the running call begin: its context has ended.
func (l *lane) expire(now time.Time, hurried bool) {
	due := l.call.deadline.Add(grace)
	if hurried {
		if hurry := now.Add(l.patience(now)); l.call.deadline.IsZero() || hurry.Before(due) {
			due = hurry
		}
	}
	if !l.expired || due.Before(l.due) {
		l.due = due
	}
	l.expired, l.hurried = true, hurried
	if l.call.op == OpClose || l.call.op == OpListen {
		l.call.unit.serving.ctx.end(l.reason())
	}
}

// patience is what a call is given once end has ended.
func (l *lane) patience(now time.Time) time.Duration {
	if l.window == nil {
		return grace
	}
	return l.window.share(now)
}

// arm sees to it that the timer fires when the call is due, or earlier: setting
// it for each of many short calls would cost more than the calls.
func (l *lane) arm() {
	if l.due.IsZero() || (!l.wakes.IsZero() && !l.due.Before(l.wakes)) {
		return
	}
	l.wakes = l.due
	if l.timer == nil {
		l.timer = time.AfterFunc(time.Until(l.due), l.wake)
		return
	}
	l.timer.Reset(time.Until(l.due))
}

// wake is run by the timer.
func (l *lane) wake() {
	l.mu.Lock()
	l.wakes = time.Time{}
	now := time.Now()
	switch {
	case l.call.unit == nil || l.due.IsZero():
		l.mu.Unlock()
	case now.Before(l.due):
		l.arm()
		l.mu.Unlock()
	case !l.expired:
		l.expire(now, false)
		l.arm()
		l.mu.Unlock()
	default:
		l.abandon(now)
	}
}

// abandon gives the lane up to its call. It unlocks mu.
func (l *lane) abandon(now time.Time) {
	c := l.call
	timeout := &TimeoutError{
		Reason:    l.reason(),
		Budget:    c.budget,
		Elapsed:   now.Sub(c.began),
		Abandoned: true,
		stopping:  c.op.isStop(),
		hurried:   l.hurried,
	}
	l.call, l.gone = call{}, true
	timeFor := l.window == nil || !l.hurried || l.window.open(now)
	l.runner.abandoned(c)
	l.mu.Unlock()
	if timeFor {
		timeout.Stack = l.runner.profile.stacks(c.unit.name, now)
		l.window.spend(time.Since(now))
	}
	l.lost(c, timeout)
}

// lose gives the lane up because its goroutine is ending.
func (l *lane) lose(c call, err error) {
	l.mu.Lock()
	l.gone = true
	l.mu.Unlock()
	l.lost(c, err)
}

// reason says what ended the time of the running call.
func (l *lane) reason() error {
	switch {
	case l.hurried:
		return context.Cause(l.end)
	case l.call.op.isStop():
		return ErrStopTimeout
	default:
		return ErrStartTimeout
	}
}
