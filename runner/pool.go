package runner

import "sync"

// A plan is units, and the order in which to work on them. A nil unit counts as done.
type plan struct {
	units []*unit
	order order
}

// closing is the plan by which servers close: at the same time, but each after those that are After it.
func closing(servers []*unit) plan {
	return plan{reversed(servers), afterOrder(servers).reversed()}
}

// forEach works through a plan, on at most that many units at the same time: it calls do with each, and with a caller to
// use. 0 means any number. It returns once all are done, or once do has returned false and the units under way are done.
func forEach(s *scope, most int, of plan, do func(*caller, *unit) (goOn bool)) {
	work := pool{scope: s, most: most, do: do, units: of.units, schedule: newSchedule(len(of.units), of.order)}
	if most == 1 {
		work.worker()
		return
	}
	work.mu.Lock()
	work.spawn()
	work.mu.Unlock()
	work.workers.Wait()
}

// A pool works on many units at the same time: none waits for another, but as the schedule says.
//
// Before a worker begins with a unit, it sees to it that another worker is about to take the next one. So a worker may
// block as long as it likes, and where none does a few of them do all the work.
type pool struct {
	scope   *scope
	most    int
	do      func(*caller, *unit) (goOn bool)
	units   []*unit
	workers sync.WaitGroup

	mu       sync.Mutex
	schedule *schedule
	idle     int // workers that are about to take a unit
	busy     int // workers that have one
}

func (p *pool) spawn() {
	p.idle++
	p.workers.Go(p.worker)
}

func (p *pool) worker() {
	c := newCaller(p.scope)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle--
	for i := p.schedule.take(); i >= 0; i = p.schedule.take() {
		if u := p.units[i]; u != nil && !p.work(c, u) {
			p.schedule.halt()
			return
		}
		p.schedule.done(i)
	}
}

// work calls do without the lock, once there is somebody to take the next unit.
func (p *pool) work(c *caller, u *unit) (goOn bool) {
	p.busy++
	if p.idle == 0 && p.schedule.hasNext() && (p.most == 0 || p.busy < p.most) {
		p.spawn()
	}
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		p.busy--
	}()
	return p.do(c, u)
}
