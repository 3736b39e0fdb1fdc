package timeline

import (
	"slices"
	"time"
)

// Snapshot returns what has been recorded by now. It can be called at any time,
// from any goroutine: a service that still starts has begun, and is not ready.
//
// A service starts after those that [runner.After] and [runner.Barrier] say, as far
// as they are known. Where no service of a Run has such settings, and none began
// before the one given before it was through, they are taken for a sequence: each
// starts after the one before. Until the Runner was ready with a server up, the
// services of a Run start after those of the Runs before.
func (t *Timeline) Snapshot() *Snapshot {
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

// copy takes what is known by now. Of the entries only what never changes may be
// looked at once it has returned.
func (t *Timeline) copy() (s *Snapshot, ids []int, entries []*entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	app := t.app
	app.Taken = t.now()
	app.Services = make([]Service, len(t.entries))
	ids = make([]int, len(t.entries))
	for i, e := range t.entries {
		app.Services[i], ids[i] = e.Service, e.id
	}
	return &app, ids, slices.Clone(t.entries)
}

// indexesOf finds entries by their ids. Some may have been dropped.
func indexesOf(ids, wanted []int) []int {
	var indexes []int
	for _, id := range wanted {
		if at, found := slices.BinarySearch(ids, id); found {
			indexes = append(indexes, at)
		}
	}
	return indexes
}

// inSequence reports whether services began in their order, each once the one
// before was through.
func (s *Snapshot) inSequence(from, to int) bool {
	var through time.Time
	skipped := false
	for i := from; i < to; i++ {
		begin, end := s.StartTime(i)
		if begin.IsZero() {
			skipped = true
			continue
		}
		if skipped || begin.Before(through) {
			return false
		}
		through = end
	}
	return true
}

// chain lets services start one after the other.
func (s *Snapshot) chain(from, to int) {
	for i := from + 1; i < to; i++ {
		s.Services[i].After = []int{i - 1}
	}
}
