package runner

import (
	"context"
	"time"
)

// handovers are servers whose Close has returned when Listen had not. They are
// taken when it has, or when their time is over.
type handovers struct {
	shutdown *shutdown
	returned chan *unit
	timer    *time.Timer     // nil until one has to be waited for
	cut      <-chan struct{} // nil once it has ended
	left     int             // that are to be taken
	overdue  []*unit         // found late; to be taken next

	all []*unit // guarded by Runner.mu until no more are added
}

// handover is the rest of the turn of one server.
type handover struct {
	call  call
	err   error        // of Close
	to    chan<- *unit // is told when Listen has returned; nil: nobody waits
	due   time.Time    // when its time is over; zero: never
	taken bool
}

func newHandovers(d *shutdown, most int) *handovers {
	return &handovers{shutdown: d, returned: make(chan *unit, most), cut: d.cut.Done()}
}

// add hands the rest of the turn over. It returns false if Listen has returned.
func (h *handovers) add(t *turn) bool {
	h.shutdown.runner.mu.Lock()
	defer h.shutdown.runner.mu.Unlock()
	s := t.unit.serving
	if s.returned {
		return false
	}
	s.handover = handover{call: t.call, err: t.err, to: h.returned}
	if !t.call.deadline.IsZero() {
		s.handover.due = t.call.deadline.Add(grace)
	}
	h.all = append(h.all, t.unit)
	h.left++
	return true
}

// take waits for the next one. It is nil when all are taken.
func (h *handovers) take() *unit {
	if h.left == 0 {
		return nil
	}
	h.left--
	for {
		if len(h.overdue) > 0 {
			u := h.overdue[0]
			h.overdue = h.overdue[1:]
			return u
		}
		if u := h.wait(); u != nil {
			u.serving.handover.taken = true
			return u
		}
	}
}

// wait returns one whose Listen has returned, or nil when some may be overdue.
func (h *handovers) wait() *unit {
	select {
	case u := <-h.returned:
		return u
	default:
	}
	if h.timer == nil {
		h.timer = time.NewTimer(0)
		h.arm()
	}
	select {
	case u := <-h.returned:
		return u
	case <-h.timer.C:
		h.findOverdue(time.Now())
	case <-h.cut:
		h.hurry(time.Now())
	}
	return nil
}

// arm sets the timer to the end of the time that is over first.
func (h *handovers) arm() {
	h.timer.Stop()
	first := time.Time{}
	for _, u := range h.all {
		due := u.serving.handover.due
		if !u.serving.handover.taken && !due.IsZero() && (first.IsZero() || due.Before(first)) {
			first = due
		}
	}
	if !first.IsZero() {
		h.timer.Reset(time.Until(first))
	}
}

// hurry leaves all of them what is left once the shutdown has been cut short.
func (h *handovers) hurry(now time.Time) {
	h.cut = nil
	over := now.Add(h.shutdown.window.share(now))
	for _, u := range h.all {
		if due := &u.serving.handover.due; due.IsZero() || over.Before(*due) {
			*due = over
		}
	}
	h.arm()
}

func (h *handovers) findOverdue(now time.Time) {
	for _, u := range h.all {
		late := &u.serving.handover
		if !late.taken && !late.due.IsZero() && !now.Before(late.due) && h.shutdown.runner.giveUp(u) {
			late.taken = true
			h.overdue = append(h.overdue, u)
		}
	}
	h.arm()
}

// giveUp stops waiting for the Listen of u. It returns false if that has returned.
func (r *Runner) giveUp(u *unit) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if u.serving.returned {
		return false
	}
	u.serving.handover.to = nil
	u.state = ServiceAbandoned
	return true
}

// endHandover goes on with the turn of a server that was handed over.
func (d *shutdown) endHandover(_ *lane, t *turn) {
	rest := t.unit.serving.handover
	t.call, t.err = rest.call, rest.err
	if rest.to != nil {
		t.err = joined(t.err, d.runner.listenError(t.unit))
		return
	}
	t.err = joined(t.err, t.unit.fail(OpListen, d.lateListen(t.call)))
}

func (d *shutdown) lateListen(c call) *TimeoutError {
	now := time.Now()
	reason := ErrStopTimeout
	if d.cut.Err() != nil && (c.deadline.IsZero() || now.Before(c.deadline)) {
		reason = context.Cause(d.cut)
	}
	timeout := &TimeoutError{Reason: reason, Budget: c.budget, Elapsed: now.Sub(c.began), Abandoned: true}
	if d.cut.Err() == nil || d.window.open(now) {
		timeout.Stack = d.runner.profile.stacks(c.unit.name, now)
	}
	return timeout
}
