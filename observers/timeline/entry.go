package timeline

import (
	"fmt"
	"reflect"
	"time"

	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/runner"
)

// entry is one service in one Run, as a Timeline keeps it.
type entry struct {
	Service // without After

	// These do not change once it is kept.
	id    int // entries that were queued later have a higher one
	key   any // see keyOf
	run   *batch
	needs []int // the ids of what it starts after

	starting bool // BeforeStart was told, and AfterStart was not
	stopping bool // the same for a stop
}

// batch is what the services of one Run have in common.
type batch struct {
	ordered bool // some of them say after which others they start
	failed  bool // one of them failed to start: those to come will not
}

// keyOf tells services apart as the Runner does: by the instance that is left when
// all wrappers are taken off. Values that are equal share a key, and so do services
// of the same name that cannot be compared.
func keyOf(subject any) any {
	if s, ok := subject.(runner.Service); ok {
		subject = runner.Innermost(s)
	}
	if key := identity.Of(subject); key != nil {
		return key
	}
	if reflect.ValueOf(subject).Comparable() {
		return subject
	}
	name, _ := describe(subject)
	return nameKey(name)
}

type nameKey string

// describe returns the name and the kind of a runner.Service. A Configurable need
// not be one: its Go type has to do then.
func describe(subject any) (string, runner.Kind) {
	if s, ok := subject.(runner.Service); ok {
		return runner.NameOf(s), runner.KindOf(s)
	}
	return fmt.Sprintf("%T", subject), runner.KindUnknown
}

// What follows says which events an entry may be told of next.

func (e *entry) canLoad() bool  { return e.LoadBegan.IsZero() && e.canStart() }
func (e *entry) canStart() bool { return e.StartBegan.IsZero() && e.Failed.IsZero() }
func (e *entry) canStop() bool {
	return !e.StartBegan.IsZero() && !e.stopping && (e.Stopped.IsZero() || e.Err != nil)
}
func (e *entry) canFail() bool {
	return !e.StartBegan.IsZero() && e.Failed.IsZero() && e.Stopped.IsZero()
}
func (e *entry) isLoading() bool {
	return !e.LoadBegan.IsZero() && e.Loaded.IsZero() && e.Failed.IsZero()
}
func (e *entry) isStarting() bool { return e.starting }
func (e *entry) isStopping() bool { return e.stopping }

func (e *entry) isUp() bool {
	return !e.Ready.IsZero() && e.Failed.IsZero() && e.StopBegan.IsZero()
}
func (e *entry) isServing() bool { return e.isUp() && e.Kind == runner.KindServer }

// isOver reports whether nothing more is to be told of it.
func (e *entry) isOver() bool {
	if e.starting || e.stopping || e.isLoading() {
		return false
	}
	return !e.Stopped.IsZero() || !e.Failed.IsZero() || e.run.failed && e.Ready.IsZero()
}

// fail notes why the entry failed, unless that is known.
func (e *entry) fail(now time.Time, err error) {
	if e.Failed.IsZero() {
		e.Failed, e.Err = now, err
	}
}
