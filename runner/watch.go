package runner

import (
	"context"
	"sync"
	"time"
)

// scope is what the calls of one start or one stop have in common. It limits the time of each of them:
//
//	in time ──deadline, or end of the scope──▶ expired ──half of the grace──▶ profiled ──the rest──▶ abandoned
//
// One timer and one watch of the end serve all calls. The timer is set for the earliest moment at which one may be due, and
// looks at all of them when it fires: setting one for each of many short calls would cost more than the calls.
//
// A scope must be closed.
type scope struct {
	limits
	tasks  chan *call // to the workers
	detach func() bool

	// mu guards the rest, and the times of calls. Whenever it is free, running has every call that is neither over nor
	// abandoned, and the timer fires no later than the first of them is due.
	mu       sync.Mutex
	running  *call // the first of a list
	idle     int   // workers that are about to take a task
	cutShort bool  // end has ended
	timer    *time.Timer
	wakes    time.Time // when the timer fires; zero: it does not
}

// limits are what a scope is made of.
type limits struct {
	end     context.Context               // once it has ended, calls are cut short
	graceAt func(time.Time) time.Duration // the time that is left for a call then; nil: the grace
	share   *graceShare                   // divides it among stops; nil: each gets all of it
	stacks  *stacks
	late    func(task, error) // takes the result of an abandoned call that returned after all
}

type stage int

const (
	inTime stage = iota
	expired
	profiled
)

func newScope(l limits) *scope {
	s := &scope{limits: l, tasks: make(chan *call)}
	s.cutShort = s.end.Err() != nil // at once, not on the goroutine of AfterFunc
	s.detach = context.AfterFunc(s.end, s.cut)
	return s
}

// close releases the workers. A task that was abandoned goes on.
func (s *scope) close() {
	s.detach()
	close(s.tasks)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer != nil {
		s.timer.Stop()
	}
}

// begin starts the time of a call.
func (s *scope) begin(k *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(k)
}

// beginOn is begin for a call that a worker runs. It reports whether one is idle: it takes the call.
func (s *scope) beginOn(k *call) (idle bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(k)
	if idle = s.idle > 0; idle {
		s.idle--
	}
	return idle
}

func (s *scope) add(k *call) {
	k.due, k.stage, k.profile = k.deadline, inTime, nil
	k.prev, k.next = nil, s.running
	if k.next != nil {
		k.next.prev = k
	}
	s.running = k
	if s.cutShort {
		s.expire(k, k.began)
	}
	s.arm(k)
}

// finish ends the time of a call, and returns the abandonment if it was abandoned. Otherwise the worker that ran it is idle,
// if stays says that there is one.
func (s *scope) finish(k *call, stays bool) *abandonment {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k.abandoned != nil {
		return k.abandoned
	}
	s.remove(k)
	if stays {
		s.idle++
	}
	return nil
}

func (s *scope) remove(k *call) {
	if k.prev == nil {
		s.running = k.next
	} else {
		k.prev.next = k.next
	}
	if k.next != nil {
		k.next.prev = k.prev
	}
}

// cut cuts the running calls short, and all that follow: the scope has ended.
func (s *scope) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cutShort = true
	now := time.Now()
	for k := s.running; k != nil; k = k.next {
		s.expire(k, now)
		s.arm(k)
	}
}

// arm makes the timer fire when a call is due, or earlier.
func (s *scope) arm(k *call) {
	if k.due.IsZero() || !s.wakes.IsZero() && !k.due.Before(s.wakes) {
		return
	}
	s.wakes = k.due
	if s.timer == nil {
		s.timer = time.AfterFunc(time.Until(k.due), s.wake)
		return
	}
	s.timer.Reset(time.Until(k.due))
}

// wake is run by the timer.
func (s *scope) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wakes = time.Time{}
	now := time.Now()
	for k := s.running; k != nil; k = k.next {
		for k.abandoned == nil && !k.due.IsZero() && !now.Before(k.due) {
			s.advance(k, now)
		}
		if k.abandoned == nil {
			s.arm(k)
		}
	}
}

// advance takes a call that is due to its next stage.
func (s *scope) advance(k *call, now time.Time) {
	switch k.stage {
	case inTime:
		s.expire(k, now)
	case expired:
		k.stage, k.due = profiled, k.abandonAt
		if k.op != opEvent {
			k.profile = s.stacks.after(k.began)
		}
	case profiled:
		s.abandon(k, now)
	}
}

// expire starts the grace of a call, or shortens it.
func (s *scope) expire(k *call, now time.Time) {
	at := k.deadline.Add(grace)
	if s.cutShort {
		if cut := now.Add(s.give(k, now)); k.deadline.IsZero() || cut.Before(at) {
			at = cut
		}
	}
	if k.stage == inTime || at.Before(k.abandonAt) {
		k.abandonAt = at
	}
	if k.stage == profiled {
		k.due = k.abandonAt
		return
	}
	if k.linked != nil {
		k.linked.end(s.reason(k))
	}
	k.stage = expired
	k.due = now.Add(k.abandonAt.Sub(now) / 2)
}

// give returns the time that a call still has once the scope has ended. Only services share: an Observer that returns at all
// does so soon.
func (s *scope) give(k *call, now time.Time) time.Duration {
	all := grace
	if s.graceAt != nil {
		all = s.graceAt(now)
	}
	if k.op == opEvent {
		return all
	}
	return s.share.at(now, all)
}

// abandon gives a call up.
func (s *scope) abandon(k *call, now time.Time) {
	s.remove(k)
	k.abandoned = &abandonment{
		reason:   s.reason(k),
		elapsed:  now.Sub(k.began),
		cutShort: s.cutShort,
		profile:  k.profile,
		noted:    make(chan struct{}),
	}
	k.result <- result{abandoned: k.abandoned}
}

// reason returns what ended the time of a call.
func (s *scope) reason(k *call) error {
	switch {
	case s.cutShort:
		return context.Cause(s.end)
	case k.op.isStop():
		return ErrStopTimeout
	default:
		return ErrStartTimeout
	}
}
