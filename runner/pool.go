package runner

import "sync"

// forEach takes the units of a schedule, at most that many at the same time, and calls do with each, and with a caller to
// use; 0 means any number. It returns once all are done, or once do has returned false and the units under way are done.
func forEach(s *scope, most int, units *schedule, do func(*caller, *unit) (goOn bool)) {
	if most != 1 {
		p := pool{scope: s, most: most, do: do, schedule: units}
		p.run()
		return
	}
	c := newCaller(s)
	defer c.close()
	for i := units.take(); i >= 0 && do(c, units.units[i]); i = units.take() {
		units.done(i)
	}
}

// A pool works on many units at the same time: none waits for another, but as the schedule says.
//
// Before a worker begins with a unit, it sees to it that another worker is about to take the next one. So a worker may
// block as long as it likes, and where none does a few of them do all the work.
type pool struct {
	scope   *scope
	most    int
	do      func(*caller, *unit) (goOn bool)
	workers sync.WaitGroup

	mu       sync.Mutex
	schedule *schedule
	idle     int // workers that are about to take a unit
	busy     int // workers that have one
}

func (p *pool) run() {
	p.mu.Lock()
	p.spawn()
	p.mu.Unlock()
	p.workers.Wait()
}

func (p *pool) spawn() {
	p.idle++
	p.workers.Go(p.work)
}

func (p *pool) work() {
	c := newCaller(p.scope)
	defer c.close()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle--
	for i := p.schedule.take(); i >= 0; i = p.schedule.take() {
		u := p.schedule.units[i]
		p.busy++
		if p.idle == 0 && p.schedule.hasNext() && (p.most == 0 || p.busy < p.most) {
			p.spawn()
		}
		p.mu.Unlock()
		goOn := p.do(c, u)
		p.mu.Lock()
		p.busy--
		if !goOn {
			p.schedule.halt()
			return
		}
		p.schedule.done(i)
	}
}
