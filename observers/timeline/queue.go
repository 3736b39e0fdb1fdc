package timeline

import (
	"context"
	"slices"
	"time"

	"github.com/go-fxservices/services/internal/layers"
	"github.com/go-fxservices/services/runner"
)

// ServicesQueued implements [runner.QueueObserver].
func (t *Timeline) ServicesQueued(ctx context.Context, services []runner.Service) {
	all := make([]queued, len(services))
	for i, s := range services {
		all[i] = newQueued(ctx, i, s) // not under the lock: it calls user code
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	t.beginLifetime(now)
	if t.app.Constructed.IsZero() {
		t.app.Constructed = now
	}
	t.queues = true
	t.queue(all, now)
}

// queued is a service that somebody gave to a Run.
type queued struct {
	key     any
	name    string
	kind    runner.Kind
	after   []any // keys
	barrier string
}

func newQueued(ctx context.Context, i int, s runner.Service) queued {
	q := queued{key: keyOf(s)}
	q.name, q.kind = describe(ctx, i, s)
	for _, need := range layers.DependenciesOf(s) {
		q.after = append(q.after, keyOf(need))
	}
	if reason, ok := layers.BarrierOf(s); ok {
		if q.barrier = reason; reason == "" {
			q.barrier = "barrier"
		}
	}
	return q
}

func (t *Timeline) queue(all []queued, now time.Time) {
	run := &batch{ordered: slices.ContainsFunc(all, func(q queued) bool { return q.barrier != "" || len(q.after) > 0 })}
	t.makeRoom(len(all))
	earlier := t.newestUp()
	first := len(t.entries)
	for _, q := range all {
		t.add(&entry{key: q.key, run: run, Service: Service{Name: q.name, Kind: q.kind, Barrier: q.barrier, Queued: now}})
	}
	t.link(t.entries[first:], all)
	for _, e := range t.entries[first:] {
		if earlier != nil && len(e.needs) == 0 {
			e.needs = []int{earlier.id}
		}
	}
}

// newestUp returns the service that was up last. The services of a new Run start
// after it even without settings, because many programs start their resources in one
// Run and their servers in the next. Once the application serves, Runs count as
// independent, and newestUp returns nil.
func (t *Timeline) newestUp() (newest *entry) {
	if t.serving {
		return nil
	}
	for _, e := range t.entries {
		if e.isUp() && (newest == nil || !e.Ready.Before(newest.Ready)) {
			newest = e
		}
	}
	return newest
}

// link sets which entries each entry of a Run starts after: the ones
// that its settings name, and the barrier before it. A barrier starts after everything since the barrier
// before.
func (t *Timeline) link(entries []*entry, all []queued) {
	last := -1
	for i, e := range entries {
		for _, key := range all[i].after {
			e.needs = append(e.needs, t.idsOf(key, e)...)
		}
		switch {
		case e.Barrier != "":
			for between := max(last, 0); between < i; between++ {
				e.needs = append(e.needs, entries[between].id)
			}
			last = i
		case last >= 0:
			e.needs = append(e.needs, entries[last].id)
		}
		slices.Sort(e.needs)
		e.needs = slices.Compact(e.needs)
	}
}

// idsOf returns the ids of the entries of key, except e, in the newest Run that has
// any.
func (t *Timeline) idsOf(key any, e *entry) []int {
	var ids []int
	var run *batch
	for _, need := range slices.Backward(t.byKey[key]) {
		if run != nil && need.run != run {
			break
		}
		run = need.run
		if need != e {
			ids = append(ids, need.id)
		}
	}
	return ids
}
