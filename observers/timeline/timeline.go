package timeline

import (
	"slices"
	"sync"
	"time"

	"github.com/go-fxservices/services/runner"
)

// Timeline is an Observer that records when services are queued, load, start,
// become ready, fail and stop. [New] makes one.
//
//	tl := timeline.New()
//	r := runner.NewRunner(runner.WithObserver(tl))
//	...
//	err := tl.Snapshot().WriteText(os.Stderr)
//
// It is told of one Runner, and safe for concurrent use. It remembers one life of
// that Runner, the newest: when services start after the Runner had stopped, it
// begins anew, and keeps of the services only those that had not stopped. An
// instance that is started again within a life is a service of its own.
type Timeline struct {
	now   func() time.Time
	limit int

	mu          sync.Mutex
	app         Snapshot // without Services, and not yet Taken
	lastStarted time.Time
	signaled    bool
	serving     bool // it was ready once with a server up: what starts later is no part of its start
	queues      bool // ServicesQueued is told
	unqueued    *batch
	entries     []*entry         // in the order of their ids
	byKey       map[any][]*entry // the same, but for those that have stopped well
	nextID      int
}

var (
	_ runner.Observer             = (*Timeline)(nil)
	_ runner.QueueObserver        = (*Timeline)(nil)
	_ runner.ReadinessObserver    = (*Timeline)(nil)
	_ runner.RetryObserver        = (*Timeline)(nil)
	_ runner.ServerFailedObserver = (*Timeline)(nil)
	_ runner.StateObserver        = (*Timeline)(nil)
)

// New makes a Timeline, whose time begins now: call it first, so that the time in
// which the application is constructed is seen.
func New(opts ...Option) *Timeline {
	t := &Timeline{now: time.Now, limit: defaultLimit, unqueued: &batch{}, byKey: map[any][]*entry{}}
	for _, opt := range opts {
		if opt != nil {
			opt(t)
		}
	}
	t.app.Began = t.now()
	return t
}

// add keeps an entry, if there is room.
func (t *Timeline) add(e *entry) (ok bool) {
	if len(t.entries) >= t.limit {
		t.app.Dropped++
		return false
	}
	e.id = t.nextID
	t.nextID++
	t.entries = append(t.entries, e)
	t.byKey[e.key] = append(t.byKey[e.key], e)
	return true
}

// makeRoom drops the oldest entries that are over, as far as n new ones need it.
func (t *Timeline) makeRoom(n int) {
	surplus := len(t.entries) + n - t.limit
	if surplus <= 0 {
		return
	}
	t.entries = slices.DeleteFunc(t.entries, func(e *entry) bool {
		if surplus == 0 || !e.isOver() {
			return false
		}
		surplus--
		t.app.Dropped++
		t.forget(e)
		return true
	})
}

// forget lets events find e no more.
func (t *Timeline) forget(e *entry) {
	left := slices.DeleteFunc(t.byKey[e.key], func(other *entry) bool { return other == e })
	if len(left) == 0 {
		delete(t.byKey, e.key)
		return
	}
	t.byKey[e.key] = left
}

// find returns the entry of key that an event is about: of those that may be told
// of it the first of the newest Run. It is nil if there is none.
func (t *Timeline) find(key any, may func(*entry) bool) *entry {
	var found *entry
	for _, e := range slices.Backward(t.byKey[key]) {
		if found != nil && e.run != found.run {
			break
		}
		if may(e) {
			found = e
		}
	}
	return found
}
