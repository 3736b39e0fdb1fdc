package timeline

import (
	"time"

	"github.com/go-fxservices/services/runner"
)

// entry is one service in one Run, as a Timeline stores it.
type entry struct {
	Service // without After

	// These never change once the entry is in a Timeline.
	id    int // higher for entries that were queued later
	key   any // see keyOf
	run   *batch
	needs []int // the ids of the entries that it starts after

	starting bool // between BeforeStart and AfterStart
	stopping bool // between BeforeStop and AfterStop
}

// batch is the state that the services of one Run share.
type batch struct {
	ordered bool // settings of some of them say which others they start after
	failed  bool // one of them failed to start, so the rest will not start
}

// These methods say which events an entry accepts next.

func (e *entry) canLoad() bool  { return e.LoadBegan.IsZero() && e.canStart() }
func (e *entry) canStart() bool { return e.StartBegan.IsZero() && e.Failed.IsZero() }
func (e *entry) canStop() bool {
	return !e.StartBegan.IsZero() && !e.stopping && (e.Stopped.IsZero() || e.Err != nil)
}
func (e *entry) canFail() bool {
	return !e.StartBegan.IsZero() && e.Failed.IsZero() && e.Stopped.IsZero()
}
func (e *entry) canEnd() bool { return e.canFail() && !e.stopping }
func (e *entry) isLoading() bool {
	return !e.LoadBegan.IsZero() && e.Loaded.IsZero() && e.Failed.IsZero()
}
func (e *entry) isStarting() bool { return e.starting }
func (e *entry) isStopping() bool { return e.stopping }

func (e *entry) isUp() bool {
	return !e.Ready.IsZero() && e.Failed.IsZero() && e.StopBegan.IsZero() && e.Stopped.IsZero()
}
func (e *entry) isServing() bool { return e.isUp() && e.Kind == runner.KindServer }

// isDone reports whether no more events about it will come. A service that failed after it had started is still going to
// be stopped.
func (e *entry) isDone() bool {
	if e.starting || e.stopping || e.isLoading() {
		return false
	}
	if !e.Failed.IsZero() {
		return e.Started.IsZero() || !e.Stopped.IsZero()
	}
	return !e.Stopped.IsZero() || e.run.failed && e.Ready.IsZero()
}

// fail records the first failure of the entry.
func (e *entry) fail(now time.Time, err error) {
	if e.Failed.IsZero() {
		e.Failed, e.Err = now, err
	}
}
