package consumer

import "sync"

// Stats is how many messages a consumer has had since it was made. Received is always the sum of the others.
type Stats struct {
	Received uint64 // messages that receive has returned
	Handled  uint64 // messages for which handle has returned nil
	Failed   uint64 // messages whose handling has failed, once every OnError has returned
	InHand   int    // messages that handle or OnError is at work on
}

func (s Stats) plus(other Stats) Stats {
	return Stats{
		Received: s.Received + other.Received, Handled: s.Handled + other.Handled, Failed: s.Failed + other.Failed,
		InHand: s.InHand + other.InHand,
	}
}

// progress is how far one Listen has come. It is the only place that counts.
//
// While mu is free, the stats add up, and failing is how many of the messages in hand OnError is at work on.
type progress struct {
	mu       sync.Mutex
	stats    Stats
	failing  int
	calm     sync.Cond // failing has become 0
	began    bool      // the first receive has begun
	failure  error     // of the last receive, or of the Session; nil if that succeeded
	cut      error     // why the context of handle has ended; nil before
	cutOff   int       // messages whose handling has failed since
	panicked error     // the first panic of an OnError
	panics   int
}

func newProgress() *progress {
	p := &progress{}
	p.calm.L = &p.mu
	return p
}

// begin notes the first receive.
func (p *progress) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.began = true
}

func (p *progress) hasBegun() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.began
}

// setFailure notes why the consumer is unhealthy, or, with nil, that it is not.
func (p *progress) setFailure(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failure = err
}

func (p *progress) lastFailure() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failure
}

// received notes a message. It is in hand until handled or endFailing.
func (p *progress) received() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failure = nil
	p.stats.Received++
	p.stats.InHand++
}

func (p *progress) handled() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stats.Handled++
	p.stats.InHand--
}

// beginFailing notes that the handling of a message has failed, and that OnError begins.
func (p *progress) beginFailing() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failing++
	if p.cut != nil {
		p.cutOff++
	}
}

// endFailing notes that OnError has returned.
func (p *progress) endFailing() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stats.Failed++
	p.stats.InHand--
	if p.failing--; p.failing == 0 {
		p.calm.Broadcast()
	}
}

// awaitCalm waits until no OnError runs.
func (p *progress) awaitCalm() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.failing > 0 {
		p.calm.Wait()
	}
}

// notePanic notes a panic of an OnError.
func (p *progress) notePanic(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.panics++
	if p.panicked == nil {
		p.panicked = err
	}
}

// panicsOfOnError returns how many panics there were, and the first of them.
func (p *progress) panicsOfOnError() (n int, first error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.panics, p.panicked
}

// cutShort notes that the context of handle ends: messages that fail from now on are cut off. The first cause counts.
func (p *progress) cutShort(cause error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cut == nil {
		p.cut = cause
	}
}

// cutOffs returns how many messages were cut off and why, and for how many of them handle still runs.
func (p *progress) cutOffs() (all, running int, cause error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cut == nil {
		return 0, 0, nil
	}
	running = p.stats.InHand - p.failing
	return p.cutOff + running, running, p.cut
}

func (p *progress) snapshot() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stats
}
