package runner

import "sync"

// A crew takes units through the steps of a sequence, many at the same time: none
// waits for another, but for those that the schedule makes it wait for.
//
// Its lanes take units from one schedule. Before a lane begins with one, it sees to
// it that another lane is about to take what may be taken beside. So a lane may
// block as long as it likes, and where none does a few of them do all the work.
type crew struct {
	most  int      // units under way at the same time; 0: any number
	each  sequence // what a lane does, but for what it takes
	lanes sync.WaitGroup

	mu       sync.Mutex
	schedule *schedule
	idle     int // lanes that are about to take a unit
	busy     int // lanes that have one
}

// run returns when all units are through, or when one did not let the crew go on
// and the others that were under way are through.
func (c *crew) run() {
	settle := c.each.settle
	c.each.settle = func(t *turn) (goOn bool) {
		if goOn = settle(t); !goOn {
			c.halt()
		}
		return goOn
	}
	c.each.done = c.lanes.Done
	c.mu.Lock()
	c.hire()
	c.mu.Unlock()
	c.lanes.Wait()
}

func (c *crew) hire() {
	c.idle++
	c.lanes.Add(1)
	s := c.each
	s.take = c.taker()
	s.start()
}

// halt ends the crew early.
func (c *crew) halt() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.schedule.halt()
}

// taker returns what one lane takes units with.
func (c *crew) taker() func() *unit {
	at := -1 // the unit that the lane has
	return func() *unit {
		c.mu.Lock()
		defer c.mu.Unlock()
		if at < 0 {
			c.idle--
		} else {
			c.busy--
			c.schedule.done(at)
		}
		if at = c.schedule.take(); at < 0 {
			return nil
		}
		c.busy++
		if c.idle == 0 && len(c.schedule.free) > 0 && (c.most == 0 || c.busy < c.most) {
			c.hire()
		}
		return c.schedule.units[at]
	}
}
