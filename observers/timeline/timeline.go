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
// A Timeline observes one Runner, and is safe for concurrent use. It records the
// latest lifetime of that Runner: when services start after the Runner has stopped,
// it begins anew, and keeps only the services that have not stopped. An instance that
// starts again within a lifetime counts as another service. A Job that is done counts
// as stopped.
type Timeline struct {
	now   func() time.Time
	limit int

	mu          sync.Mutex
	app         Snapshot // without Services, and not yet Taken
	lastStarted time.Time
	signaled    bool
	serving     bool // it has been ready with a server up: later services are not part of its start
	queues      bool // the Runner calls ServicesQueued
	unqueued    *batch
	entries     []*entry         // in the order of their ids
	byKey       map[any][]*entry // the same, without services that have stopped without an error
	nextID      int
}

var (
	_ runner.Observer              = (*Timeline)(nil)
	_ runner.QueueObserver         = (*Timeline)(nil)
	_ runner.ReadinessObserver     = (*Timeline)(nil)
	_ runner.RetryObserver         = (*Timeline)(nil)
	_ runner.ServerFailedObserver  = (*Timeline)(nil)
	_ runner.ServiceFailedObserver = (*Timeline)(nil)
	_ runner.JobObserver           = (*Timeline)(nil)
	_ runner.StateObserver         = (*Timeline)(nil)
)

// New returns a Timeline whose time begins now. Call it first, so that it covers the
// construction of the application.
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

// add adds an entry if there is room.
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

// makeRoom drops the oldest entries that are done, as many as n new ones need.
func (t *Timeline) makeRoom(n int) {
	surplus := len(t.entries) + n - t.limit
	if surplus <= 0 {
		return
	}
	t.entries = slices.DeleteFunc(t.entries, func(e *entry) bool {
		if surplus == 0 || !e.isDone() {
			return false
		}
		surplus--
		t.app.Dropped++
		t.forget(e)
		return true
	})
}

// forget makes later events pass e by.
func (t *Timeline) forget(e *entry) {
	left := slices.DeleteFunc(t.byKey[e.key], func(other *entry) bool { return other == e })
	if len(left) == 0 {
		delete(t.byKey, e.key)
		return
	}
	t.byKey[e.key] = left
}

// find returns the entry that an event of key is about: the first one of the newest
// Run that accepts the event. It returns nil if there is none.
func (t *Timeline) find(key any, accepts func(*entry) bool) *entry {
	var found *entry
	for _, e := range slices.Backward(t.byKey[key]) {
		if found != nil && e.run != found.run {
			break
		}
		if accepts(e) {
			found = e
		}
	}
	return found
}
