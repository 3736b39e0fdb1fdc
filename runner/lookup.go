package runner

// These are questions about services. Each locks the registry for a moment.

// Status describes a started service at the moment of a call of [Runner.Services].
type Status struct {
	Service Service // as it was given to the Runner
	Name    string  // as the Runner read it once
	Kind    Kind
	State   ServiceState
}

// statuses returns what is started.
func (g *registry) statuses() []Status {
	g.mu.Lock()
	defer g.mu.Unlock()
	statuses := make([]Status, 0, len(g.list)-g.holes)
	for _, u := range g.list {
		if u != nil {
			statuses = append(statuses, u.status())
		}
	}
	return statuses
}

func (u *unit) status() Status {
	return Status{Service: u.service, Name: u.name, Kind: u.kind, State: u.state}
}

// everything returns what is started, and then what Runs under way have not started, or not any more.
func (g *registry) everything() []Status {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []Status
	seen := map[*unit]bool{}
	add := func(u *unit) {
		if u != nil && !seen[u] {
			seen[u] = true
			all = append(all, u.status())
		}
	}
	for _, u := range g.list {
		add(u)
	}
	for b := range g.batches {
		for _, u := range b.units {
			add(u)
		}
	}
	return all
}

// isBusy reports whether the Runner was asked for something beside b that lasts, or is about to be.
func (g *registry) isBusy(b *batch) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, underWay := g.batches[b]
	return g.facts.serving > 0 || g.facts.starting > 0 || len(g.batches) > 1 || len(g.batches) == 1 && !underWay
}

// failure returns the error of Listen or Run, or the failure that the service reported, or nil.
func (g *registry) failure(u *unit) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if u.failure == nil {
		return nil
	}
	return u.failure.err
}

// servesLate reports whether a server may have begun to serve only after its Close: Listen returned nil long after Close
// did. A Listen that has looked at its context knew about the end. Nothing tells the others from a Listen that finishes its
// work before it returns, but a second Close does that no harm, where an open port would stay open for good.
func (g *registry) servesLate(u *unit) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := u.serving
	return !s.closed.IsZero() && !s.blocks && s.result == nil && s.returned.Sub(s.closed) > grace
}

// closedError returns the error of a Listen or Run that was asked to return.
func (g *registry) closedError(u *unit) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return u.serving.closeErr
}

// takeUnreported returns the failure of u that no method of the Runner has returned, and counts it as returned. Wait returns
// the one that has ended the life of the Runner.
func (g *registry) takeUnreported(u *unit) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if u.failure == nil || !u.failure.unreported {
		return nil
	}
	u.failure.unreported = false
	if why := g.life.end(); why != nil && why.err == u.failure.err { //nolint:errorlint // the very same
		return nil
	}
	return u.failure.err
}
