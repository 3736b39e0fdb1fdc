package runner

import (
	"context"
	"errors"
	"sync"
)

// A shutdown closes servers and stops resources. Each has its own time to do so;
// once cut has ended they share what the window leaves.
type shutdown struct {
	runner    *Runner
	values    context.Context
	cut       context.Context
	window    window
	patience  context.Context // for stops that others have begun
	keepGoing bool            // past a failure
	claimed   bool            // the units are, for this shutdown

	mu    sync.Mutex
	errs  []error
	ended bool // by a failure
}

func (r *Runner) newShutdown(values, cut context.Context, keepGoing bool) *shutdown {
	return &shutdown{runner: r, values: values, cut: cut, patience: context.Background(), keepGoing: keepGoing}
}

// backwards stops units, which are in the order in which they started: one by one,
// the last of them first, or along the order of their runs.
func (d *shutdown) backwards(units []*unit) {
	d.window.left = len(units)
	if d.runner.config.concurrency != 1 {
		d.alongOrders(units)
		return
	}
	turned := make([]*unit, 0, len(units))
	for i := len(units) - 1; i >= 0; i-- {
		turned = append(turned, units[i])
	}
	s := d.sequence()
	s.take = oneByOne(turned)
	s.run()
}

// alongOrders stops the units of the newest run first, and each as soon as those
// that started after it have stopped.
func (d *shutdown) alongOrders(units []*unit) {
	wanted := make(map[*unit]bool, len(units))
	runs := make([]*run, 0, 1)
	seen := make(map[*run]bool, 1)
	for _, u := range units {
		wanted[u] = true
		if !seen[u.run] {
			seen[u.run], runs = true, append(runs, u.run)
		}
	}
	for i := len(runs) - 1; i >= 0 && !d.ended; i-- {
		d.crew(d.runner.config.concurrency, runs[i].turned(wanted)).run()
	}
}

// together closes servers at the same time, and returns when all are closed, or
// abandoned.
func (d *shutdown) together(servers []*unit) { d.crew(0, newSchedule(servers, nil)).run() }

func (d *shutdown) crew(most int, s *schedule) *crew {
	return &crew{most: most, each: d.sequence(), schedule: s}
}

func (d *shutdown) sequence() sequence {
	return sequence{
		runner: d.runner, end: d.cut, window: &d.window, settle: d.settle,
		steps: []step{d.open, d.stop, d.awaitListen, d.tellStopped},
	}
}

func (d *shutdown) settle(t *turn) (goOn bool) {
	if t.err == nil {
		return true
	}
	d.note(t.err)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ended = !d.keepGoing && d.cut.Err() == nil // once cut short, nothing is skipped
	return !d.ended
}

// note keeps an error. It may be nil.
func (d *shutdown) note(err error) {
	if err == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.errs = append(d.errs, err)
}

// err joins what went wrong, and the signal that cut the shutdown short.
func (d *shutdown) err() error {
	var signaled *SignalError
	if errors.As(context.Cause(d.cut), &signaled) {
		return joined(append([]error{signaled}, d.errs...)...)
	}
	return joined(d.errs...)
}

// joined is errors.Join, but leaves a single error as it is.
func joined(errs ...error) error {
	var first error
	for _, err := range errs {
		if err != nil && first != nil {
			return errors.Join(errs...)
		}
		if err != nil {
			first = err
		}
	}
	return first
}
