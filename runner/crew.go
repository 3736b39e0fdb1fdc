package runner

import (
	"context"
	"sync"
)

// A crew closes servers at the same time: no Close waits for another one.
//
// Its lanes take servers from one list. Before a lane calls a Close, it sees to it
// that another lane waits for what is left; where calls are short, two do all the
// work. No lane waits for a Listen to return: what has not is handed over, and
// ended as Listens return.
type crew struct {
	*shutdown
	handed *handovers

	mu      sync.Mutex
	servers []*unit // that are left
	idle    int     // lanes that are about to take one
	lanes   sync.WaitGroup
}

// together closes servers at the same time, and returns when all are closed, or
// abandoned.
func (d *shutdown) together(servers []*unit) {
	c := &crew{shutdown: d, servers: servers, handed: newHandovers(d, len(servers))}
	c.hire()
	c.lanes.Wait()
	d.sequence(c.handed.take, d.endHandover, d.tellStopped).run()
}

func (c *crew) hire() {
	c.idle++
	c.lanes.Add(1)
	s := c.sequence(c.taker(), c.open, c.stop, c.handOver, c.awaitListen, c.tellStopped)
	s.done = c.lanes.Done
	s.start()
}

// taker returns what one lane takes servers with.
func (c *crew) taker() func() *unit {
	busy := false
	return func() *unit {
		c.mu.Lock()
		defer c.mu.Unlock()
		if busy {
			c.idle++
		}
		if len(c.servers) == 0 {
			return nil
		}
		u := c.servers[0]
		c.servers = c.servers[1:]
		busy = true
		if c.idle--; c.idle == 0 && len(c.servers) > 0 {
			c.hire()
		}
		return u
	}
}

// handOver ends the context of Listen, and the turn, unless Listen has returned.
// After a Close that was abandoned there is no time left for that.
func (c *crew) handOver(_ *lane, t *turn) {
	t.unit.serving.ctx.end(context.Canceled)
	if abandonment(t.err) == nil && c.handed.add(t) {
		t.handed, t.over = true, true
	}
}
