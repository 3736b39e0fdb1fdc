package runner_test

import (
	"context"
	"errors"
	"os"
	"runtime"
	"sync"
	"time"

	"pgregory.net/rapid"

	"github.com/go-fxservices/services/runner"
)

// unrulyPlan is an Observer beside the record that misbehaves at some events.
type unrulyPlan struct {
	Every int // which; 0: there is no such Observer
	How   unrulyWay
	First bool // it is told before the record is
}

type unrulyWay int

const (
	observerPanics unrulyWay = iota
	observerExits            // by runtime.Goexit
	observerBlocks           // until the end of the case
	observerPauses           // for pauseOfObserver
)

const (
	pauseOfObserver = 40 * time.Millisecond
	observerTime    = 5 * time.Second // that the Runner gives it for one event
)

func drawUnruly(t *rapid.T) unrulyPlan {
	u := unrulyPlan{
		Every: rapid.SampledFrom([]int{0, 0, 0, 0, 0, 0, 0, 1, 2, 5}).Draw(t, "unruly at every"),
		How: rapid.SampledFrom([]unrulyWay{observerPanics, observerPanics, observerExits, observerBlocks, observerPauses}).
			Draw(t, "unruly how"),
		First: rapid.Bool().Draw(t, "unruly first"),
	}
	if u.How == observerBlocks {
		u.Every *= 4 // now and then
	}
	return u
}

// maxOutbursts is how many errors of Observers a Runner keeps until it returns them.
const maxOutbursts = 16

var errOutburst = errors.New("outburst")

// unruly misbehaves at some events.
type unruly struct {
	plan    unrulyPlan
	release chan struct{}

	mu     sync.Mutex
	told   int
	thrown int // events that it has misbehaved at
}

func (u *unruly) tell() {
	u.mu.Lock()
	u.told++
	breaks := u.told%u.plan.Every == 0
	if breaks {
		u.thrown++
	}
	u.mu.Unlock()
	if !breaks {
		return
	}
	switch u.plan.How {
	case observerPanics:
		panic(errOutburst)
	case observerExits:
		runtime.Goexit()
	case observerBlocks:
		<-u.release
	default:
		time.Sleep(pauseOfObserver)
	}
}

// count returns how often it has misbehaved.
func (u *unruly) count() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.thrown
}

// delay is how much later than its budget anything may end because of it.
func (u *unruly) delay() time.Duration {
	switch u.plan.How {
	case observerBlocks:
		return time.Duration(u.count()) * (observerTime + forgiveness)
	case observerPauses:
		return time.Duration(u.count()) * pauseOfObserver
	default:
		return 0
	}
}

func (u *unruly) BeforeStart(context.Context, runner.Service)           { u.tell() }
func (u *unruly) AfterStart(context.Context, runner.Service, error)     { u.tell() }
func (u *unruly) BeforeStop(context.Context, runner.Service)            { u.tell() }
func (u *unruly) AfterStop(context.Context, runner.Service, error)      { u.tell() }
func (u *unruly) BeforeLoad(context.Context, runner.Configurable)       { u.tell() }
func (u *unruly) AfterLoad(context.Context, runner.Configurable, error) { u.tell() }
func (u *unruly) SignalReceived(os.Signal)                              { u.tell() }
func (u *unruly) ServerFailed(context.Context, runner.Server, error)    { u.tell() }
func (u *unruly) ServiceFailed(context.Context, runner.Service, error)  { u.tell() }
func (u *unruly) JobDone(context.Context, runner.Job, error)            { u.tell() }
func (u *unruly) StateChanged(context.Context, runner.State)            { u.tell() }
func (u *unruly) ServicesQueued(context.Context, []runner.Service)      { u.tell() }
func (u *unruly) BeforeReady(context.Context, runner.Service)           { u.tell() }
func (u *unruly) BeforeRetry(context.Context, runner.Service, int)      { u.tell() }
