package kafkaservice

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// A record that has failed is tried again after a pause, which doubles.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 30 * time.Second
)

// maxAhead is how many records of a partition are handed out before its first one is done: they have to be remembered.
const maxAhead = 1000

type partitionKey struct {
	topic  string
	number int32
}

func keyOf(record Message) partitionKey { return partitionKey{record.Topic, record.Partition} }

// partition is what this member has of one: records in the order of their offsets, of which the first ones are in hand or done.
type partition struct {
	records []entry
	inHand  int           // how many are with workers
	pause   time.Duration // before the next attempt; 0: nothing has failed
	resume  time.Time     // until then nothing is handed out
	revoked bool          // nothing is handed out any more
}

// entry is a record that is not committed.
type entry struct {
	record Message
	state  entryState
}

type entryState int

const (
	waiting entryState = iota
	inHand
	finished
)

// add takes over what was fetched.
func (m *member) add(fetches kgo.Fetches) {
	m.mu.Lock()
	defer m.mu.Unlock()
	fetches.EachRecord(func(record Message) {
		key := keyOf(record)
		p := m.partitions[key]
		if p == nil {
			p = &partition{}
			m.partitions[key] = p
		}
		p.records = append(p.records, entry{record: record})
	})
}

// choice is what next has found.
type choice struct {
	record Message            // nil: there is none now
	held   map[string][]int32 // partitions that nothing is handed out of
	wait   time.Duration      // until the first of them goes on by itself; 0: none does
	seen   int                // of member.turns
}

// next hands out a record of a partition that nothing holds.
func (m *member) next(now time.Time) choice {
	m.mu.Lock()
	defer m.mu.Unlock()
	found := choice{held: map[string][]int32{}, seen: m.turns}
	for key, p := range m.partitions {
		record, isHeld := p.next(now)
		if record != nil {
			return choice{record: record}
		}
		if !isHeld {
			continue
		}
		found.held[key.topic] = append(found.held[key.topic], key.number)
		if left := p.resume.Sub(now); left > 0 && (found.wait == 0 || left < found.wait) {
			found.wait = left
		}
	}
	return found
}

// next hands out the first record that waits. Held says that records wait which may not be handed out yet: they are too far ahead of
// one in hand, or behind one that has failed.
func (p *partition) next(now time.Time) (record Message, isHeld bool) {
	if p.revoked {
		return nil, false
	}
	for i := range p.records {
		e := &p.records[i]
		if e.state == waiting {
			if now.Before(p.resume) || i >= maxAhead {
				return nil, true
			}
			e.state = inHand
			p.inHand++
			return e.record, false
		}
		if p.pause > 0 && e.state == inHand {
			return nil, true // one that has failed is alone
		}
	}
	return nil, false
}

// done marks a record for the next commit, if all before it are done.
func (m *member) done(record Message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.settle(record, finished)
	if p == nil {
		return
	}
	if p.pause > 0 || len(p.records) >= maxAhead {
		m.turn()
	}
	p.pause, p.resume = 0, time.Time{}
	var last Message
	for len(p.records) > 0 && p.records[0].state == finished {
		last = p.records[0].record
		p.records = p.records[1:]
	}
	if last != nil {
		m.client.kafka.MarkCommitRecords(last)
	}
}

// failed holds the partition of a record until it is tried again.
func (m *member) failed(record Message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p := m.settle(record, waiting); p != nil {
		p.pause = min(max(2*p.pause, firstPause), lastPause)
		p.resume = time.Now().Add(p.pause)
		m.turn()
	}
}

// turn lets a poll end that knows less about what is held.
func (m *member) turn() {
	m.turns++
	if m.endPoll != nil {
		m.endPoll()
	}
}

// settle says what has become of a record that was in hand. It returns nil if this member does not have the partition any more.
func (m *member) settle(record Message, state entryState) *partition {
	defer m.change()
	p := m.partitions[keyOf(record)]
	if p == nil {
		return nil
	}
	for i := range p.records {
		if p.records[i].record == record {
			p.records[i].state = state
			p.inHand--
			return p
		}
	}
	return nil
}

// change wakes those who wait for a record in hand.
func (m *member) change() {
	close(m.changed)
	m.changed = make(chan struct{})
}

// revoked finishes the records in hand of partitions that another member takes over, and commits them.
func (m *member) revoked(ctx context.Context, kafka *kgo.Client, partitions map[string][]int32) {
	for {
		busy, changed := m.revoke(partitions)
		if !busy {
			break
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
	_ = kafka.CommitMarkedOffsets(ctx) // without it they are handled again
	m.forget(partitions)
}

// revoke lets nothing more out of partitions, and reports whether records of them are in hand.
func (m *member) revoke(partitions map[string][]int32) (busy bool, changed <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for topic, numbers := range partitions {
		for _, number := range numbers {
			if p := m.partitions[partitionKey{topic, number}]; p != nil {
				p.revoked = true
				busy = busy || p.inHand > 0
			}
		}
	}
	return busy && !m.closing, m.changed
}

// forget drops what there is of partitions.
func (m *member) forget(partitions map[string][]int32) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for topic, numbers := range partitions {
		for _, number := range numbers {
			delete(m.partitions, partitionKey{topic, number})
		}
	}
}
