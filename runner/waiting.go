package runner

// These let one goroutine wait for what another does with a service. Each locks the registry for a moment.

// awaited returns what is closed at the end of the starts, in other Runs, of the services that u is After.
func (g *registry) awaited(u *unit) (started []<-chan struct{}) {
	if len(u.after) == 0 {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, need := range u.needs {
		if need.batch != u.batch && need.batch.phase == runStarting {
			started = append(started, need.batch.started)
		}
	}
	return started
}

// awaitReady lets a stop of u end its wait to become ready, with interrupt. It reports false if a stop has begun.
func (g *registry) awaitReady(u *unit, interrupt func(error)) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	u.interrupt = interrupt
	return !u.stopping
}

// endStart ends the start of u, once Observers have been told.
func (g *registry) endStart(u *unit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	u.attended, u.pending, u.interrupt = false, false, nil
	if u.attending != nil {
		close(u.attending)
		u.attending = nil
	}
	g.release(u)
}

// whenStopping returns what is closed once a stop of u begins, or u is done.
func (g *registry) whenStopping(u *unit) <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if u.gone == nil {
		u.gone = make(chan struct{})
		if u.stopping || u.place == 0 {
			close(u.gone)
		}
	}
	return u.gone
}

// endStop lets others go on that waited for the stop of u, and u be started again if it has stopped, once Observers have
// been told.
func (g *registry) endStop(u *unit, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	u.stopping, u.passed = false, false
	u.wakeStop(err)
	g.release(u)
}

// passStop lets others go on that waited for the stop of u, though Observers have yet to hear of its end. Until they have,
// the instance cannot be started again.
func (g *registry) passStop(u *unit, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	u.passed = true
	u.wakeStop(err)
}
