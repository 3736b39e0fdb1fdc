package runner

import (
	"maps"
	"slices"
	"time"
)

// These are the transitions of Runs and of the Runner as a whole. Each locks the registry for a moment.

// begin lets the start of a Run begin.
func (g *registry) begin() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.firstStart.IsZero() {
		g.firstStart = time.Now()
	}
	g.facts.starting++
	g.note()
}

// comeUp notes that a Run has started: its services are wanted.
func (g *registry) comeUp(b *batch) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.facts.starting--
	b.phase = runUp
	g.facts.up++
	g.facts.serving += b.serving()
	g.facts.served = false
	g.drained = false
	g.note()
}

// endStartOf ends the start of a Run that failed, or that something ended, because of cause. The caller stops or closes what
// has to be, and ends the closing.
func (g *registry) endStartOf(b *batch, phase phase, cause error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.facts.starting--
	b.phase = phase
	if g.life.end() != nil { // what is up waits for Finish, unless it serves
		g.facts.served = true
	}
	g.beginClosing(cause, false)
}

// endRun lets a Run that served close its servers, because of cause, after a drain if there was one.
func (g *registry) endRun(b *batch, cause error, drained bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.facts.up--
	g.facts.serving -= b.serving()
	b.phase = runOver
	g.facts.served = true
	g.beginClosing(cause, drained)
}

// beginStopping lets Finish stop what is left.
func (g *registry) beginStopping(cause error, drained bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.beginClosing(cause, drained)
}

func (g *registry) beginClosing(cause error, drained bool) {
	if drained {
		g.facts.draining--
	}
	g.facts.closing++
	g.cause = cause
	g.note()
}

func (g *registry) endClosing() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.facts.closing--
	g.note()
}

// leave ends a Run. What has not started can be given to another.
func (g *registry) leave(b *batch) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.batches, b)
	b.over = true
	if b.phase == runStarting { // it has not even begun
		b.phase = runOver
	}
	for _, u := range slices.Clone(b.units) {
		if u != nil {
			u.pending = false
			g.release(u)
		}
	}
}

// beginDrain returns until when the servers that are up go on, for a delay of d, because of cause. It returns false if
// there is no drain: nothing is wanted, or it has been drained already. At the end of the life one drain is enough.
func (g *registry) beginDrain(d time.Duration, cause error) (until time.Time, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.facts.draining == 0 {
		if !g.facts.wanted() || g.drained {
			return time.Time{}, false
		}
		g.drainUntil, g.drainDelay, g.cause = time.Now().Add(d), d, cause
		g.drained = g.life != nil && g.life.end() != nil
	}
	g.facts.draining++
	g.note()
	return g.drainUntil, true
}

// beginLife makes begin the life of the Runner if it has none, and returns the one it has. Of many that call it at once
// one begins it, without the lock: a Listener is user code.
func (g *registry) beginLife(begin func() (*lifetime, error)) (*lifetime, error) {
	g.mu.Lock()
	for g.life == nil && g.beginning != nil {
		beginning := g.beginning
		g.mu.Unlock()
		<-beginning
		g.mu.Lock()
	}
	if g.life != nil {
		defer g.mu.Unlock()
		return g.life, nil
	}
	g.beginning = make(chan struct{})
	g.mu.Unlock()
	var life *lifetime
	var err error
	defer func() { // after runtime.Goexit, too
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.life = life; life != nil {
			g.facts.alive, g.facts.served, g.drained, g.cause = true, false, false, nil
			g.firstStart = time.Time{}
		}
		close(g.beginning)
		g.beginning = nil
	}()
	life, err = begin()
	return life, err
}

// beginFinish closes the Runner to new Runs, and returns those that are under way. The life is nil if there is nothing to
// finish.
func (g *registry) beginFinish() (*lifetime, []*batch) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.life == nil {
		return nil, nil
	}
	g.finishing = true
	return g.life, slices.Collect(maps.Keys(g.batches))
}

// endFinish ends the life of the Runner.
func (g *registry) endFinish() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.life, g.finishing = nil, false
	g.facts = facts{finished: true, left: g.facts.left}
	g.note()
	g.ready = nil
}

// takeLate returns the errors of late stops since the last Finish.
func (g *registry) takeLate() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	errs := g.lateErrs
	g.lateErrs = nil
	return joined(errs...)
}

// noteLate keeps an error of a late stop for the next Finish.
func (g *registry) noteLate(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil && len(g.lateErrs) < maxObserverErrors {
		g.lateErrs = append(g.lateErrs, err)
	}
}

// currentLife returns the life of the Runner, or nil.
func (g *registry) currentLife() *lifetime {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.life
}

// hasLeft reports whether something is left to stop though the Runner has no life: a Finish that failed has left it.
func (g *registry) hasLeft() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.facts.left > 0
}
