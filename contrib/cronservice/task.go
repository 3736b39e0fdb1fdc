package cronservice

import "sync"

// task is a job of a Server, through all its Listens.
type task struct {
	job Job

	mu      sync.Mutex
	running bool
	missed  bool // it came due meanwhile
}

// begin returns false if the job runs already.
func (t *task) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running {
		t.missed = true
		return false
	}
	t.running = true
	return true
}

// end returns whether there is a run to make up for.
func (t *task) end() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	missed := t.missed
	t.running, t.missed = false, false
	return missed && t.job.CatchUp
}
