package timeline

import (
	"context"
	"slices"
	"time"

	"github.com/go-fxservices/services/runner"
)

// ServicesQueued implements [runner.QueueObserver].
func (t *Timeline) ServicesQueued(_ context.Context, services []runner.Service) {
	all := make([]queued, len(services))
	for i, s := range services {
		all[i] = newQueued(s) // not under the lock: it calls the user's code
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	t.beginLife(now)
	if t.app.Constructed.IsZero() {
		t.app.Constructed = now
	}
	t.queues = true
	t.queue(all, now)
}

// queued is a service that a Run was given.
type queued struct {
	key     any
	name    string
	kind    runner.Kind
	after   []any // keys
	barrier string
}

func newQueued(s runner.Service) queued {
	q := queued{key: keyOf(s)}
	q.name, q.kind = describe(s)
	for _, need := range runner.DependenciesOf(s) {
		q.after = append(q.after, keyOf(need))
	}
	if reason, ok := runner.BarrierOf(s); ok {
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

// newestUp returns what the services of a Run that begins now start after though
// nothing says so: what was up last, where a program starts its resources in one Run
// and its servers in another. Once it serves, Runs are taken for independent.
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

// link finds what the entries of a Run start after: what they were told to, if it
// is known, and barriers. A barrier itself starts after all since the one before.
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

// idsOf returns the ids of the entries of key, of the newest Run that has some,
// but for that of e.
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
