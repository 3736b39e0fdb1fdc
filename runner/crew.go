package runner

import "sync"

// A crew closes servers at the same time: none waits for the Close of another, or
// for its Listen to return.
//
// Its lanes take servers from one list. Before a lane begins with one, it sees to
// it that another lane is about to take what is left. So a lane may block as long
// as it likes, and where none does a few of them do all the work.
type crew struct {
	*shutdown

	mu      sync.Mutex
	servers []*unit // that are left
	idle    int     // lanes that are about to take one
	lanes   sync.WaitGroup
}

// together closes servers at the same time, and returns when all are closed, or
// abandoned.
func (d *shutdown) together(servers []*unit) {
	c := &crew{shutdown: d, servers: servers}
	c.hire()
	c.lanes.Wait()
}

func (c *crew) hire() {
	c.idle++
	c.lanes.Add(1)
	s := c.sequence(c.taker(), c.open, c.stop, c.awaitListen, c.tellStopped)
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
