package timeline

import (
	"slices"
	"time"
)

// Snapshot returns everything that the Timeline has recorded so far. Any goroutine
// may call it at any time.
//
// Service.After lists the services that [runner.After] and [runner.Barrier] name, if
// the Timeline knows them. If no service of a Run has such settings, and each began
// only after the one before it had started, Snapshot takes them for a sequence, in
// which each starts after the one before. Until the Runner is ready with a server
// up, the services of a Run start after those of earlier Runs.
func (t *Timeline) Snapshot() Snapshot {
	s, ids, entries := t.copy()
	for i := range entries {
		s.Services[i].After = indexesOf(ids, entries[i].needs)
	}
	for from := 0; from < len(entries); {
		to := from + 1
		for to < len(entries) && entries[to].run == entries[from].run {
			to++
		}
		if !entries[from].run.ordered && s.inSequence(from, to) {
			s.chain(from, to)
		}
		from = to
	}
	return s
}

// copy returns the current state. After it has returned, the caller may read only
// the fields of entries that never change: other goroutines write the rest.
func (t *Timeline) copy() (s Snapshot, ids []int, entries []*entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	app := t.app
	app.Taken = t.now()
	app.Services = make([]Service, len(t.entries))
	ids = make([]int, len(t.entries))
	for i, e := range t.entries {
		app.Services[i], ids[i] = e.Service, e.id
	}
	return app, ids, slices.Clone(t.entries)
}

// indexesOf finds entries by their ids. It skips dropped ones.
func indexesOf(ids, wanted []int) []int {
	var indexes []int
	for _, id := range wanted {
		if at, found := slices.BinarySearch(ids, id); found {
			indexes = append(indexes, at)
		}
	}
	return indexes
}

// inSequence reports whether the services began in their order, each once the start
// of the one before had ended.
func (s Snapshot) inSequence(from, to int) bool {
	var previousEnd time.Time
	skipped := false
	for i := from; i < to; i++ {
		begin, end := s.StartTime(i)
		if begin.IsZero() {
			skipped = true
			continue
		}
		if skipped || begin.Before(previousEnd) {
			return false
		}
		previousEnd = end
	}
	return true
}

// chain makes each service start after the one before.
func (s Snapshot) chain(from, to int) {
	for i := from + 1; i < to; i++ {
		s.Services[i].After = []int{i - 1}
	}
}
