package runner_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"

	"pgregory.net/rapid"

	"github.com/go-fxservices/services/runner"
)

// unrulyPlan is an Observer beside the record that does not return from some
// events.
type unrulyPlan struct {
	Every int  // which; 0: there is no such Observer
	Exits bool // by runtime.Goexit, not by a panic
	First bool // it is told before the record is
}

func drawUnruly(t *rapid.T) unrulyPlan {
	return unrulyPlan{
		Every: rapid.SampledFrom([]int{0, 0, 0, 1, 2, 5}).Draw(t, "unruly at every"),
		Exits: rapid.Bool().Draw(t, "unruly exits"),
		First: rapid.Bool().Draw(t, "unruly first"),
	}
}

// maxOutbursts is how many panics of Observers a Runner keeps until it tells.
const maxOutbursts = 16

var errOutburst = errors.New("outburst")

// unruly does not return from some events.
type unruly struct {
	plan unrulyPlan

	mu     sync.Mutex
	told   int
	thrown int
}

func (u *unruly) tell() {
	u.mu.Lock()
	u.told++
	breaks := u.told%u.plan.Every == 0
	if breaks {
		u.thrown++
	}
	u.mu.Unlock()
	switch {
	case !breaks:
	case u.plan.Exits:
		runtime.Goexit()
	default:
		panic(errOutburst)
	}
}

// count returns how many events it has not returned from.
func (u *unruly) count() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.thrown
}

func (u *unruly) BeforeStart(context.Context, runner.Service)           { u.tell() }
func (u *unruly) AfterStart(context.Context, runner.Service, error)     { u.tell() }
func (u *unruly) BeforeStop(context.Context, runner.Service)            { u.tell() }
func (u *unruly) AfterStop(context.Context, runner.Service, error)      { u.tell() }
func (u *unruly) BeforeLoad(context.Context, runner.Configurable)       { u.tell() }
func (u *unruly) AfterLoad(context.Context, runner.Configurable, error) { u.tell() }
func (u *unruly) SignalReceived(os.Signal)                              { u.tell() }
func (u *unruly) ServerFailed(context.Context, runner.Server, error)    { u.tell() }
func (u *unruly) StateChanged(context.Context, runner.State)            { u.tell() }
func (u *unruly) ServicesQueued(context.Context, []runner.Service)      { u.tell() }
func (u *unruly) BeforeReady(context.Context, runner.Service)           { u.tell() }
func (u *unruly) BeforeRetry(context.Context, runner.Service, int)      { u.tell() }

// outbursts requires that each panic of the unruly Observer is joined to the result
// of one call, unless there were too many of them.
func (m *machine) outbursts(all []happening) (wrong []string) {
	seen := map[*runner.ObserverError]bool{}
	for i, h := range all {
		own := outburstsIn(h.err)
		for _, failed := range own {
			if h.what != "return" || seen[failed] || failed.Observer != any(m.unruly) || errors.Is(failed, errOutburst) == m.plan.Unruly.Exits {
				wrong = append(wrong, fmt.Sprintf("told of a panic where it should not: %v", h))
			}
			seen[failed] = true
		}
		if len(own) > maxOutbursts {
			wrong = append(wrong, fmt.Sprintf("told of too many panics: %v", h))
		}
		if i >= m.sequential && h.what == "return" && h.thrown != len(seen) && h.thrown <= maxOutbursts && !m.anyStartsLate(all) {
			wrong = append(wrong, fmt.Sprintf("told of %d panics, not %d: %v", len(seen), h.thrown, h))
		}
	}
	if thrown := m.unruly.count(); len(seen) > thrown || len(seen) < min(thrown, maxOutbursts) {
		wrong = append(wrong, fmt.Sprintf("told of %d panics in the end, not %d", len(seen), thrown))
	}
	return wrong
}

func outburstsIn(err error) (found []*runner.ObserverError) {
	each(err, func(part error) {
		if failed, ok := part.(*runner.ObserverError); ok { //nolint:errorlint // the tree is walked here
			found = append(found, failed)
		}
	})
	return found
}

// saysOnlyOutbursts reports whether all went well but for Observers.
func saysOnlyOutbursts(err error) bool {
	switch err := err.(type) { //nolint:errorlint // the tree is walked here
	case nil, *runner.ObserverError:
		return true
	case interface{ Unwrap() []error }:
		return !slices.ContainsFunc(err.Unwrap(), func(part error) bool { return !saysOnlyOutbursts(part) })
	default:
		return false
	}
}

// anyStartsLate reports whether a service may have stopped when nobody waited for it.
func (m *machine) anyStartsLate(all []happening) bool {
	for s := range m.services {
		if startsLate(all, serviceName(s)) {
			return true
		}
	}
	return false
}
