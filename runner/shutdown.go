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
	keepGoing bool // past a failure
	claimed   bool // the units are, for this shutdown

	mu   sync.Mutex
	errs []error
}

func (r *Runner) newShutdown(values, cut context.Context, keepGoing bool) *shutdown {
	return &shutdown{runner: r, values: values, cut: cut, keepGoing: keepGoing}
}

// inReverse stops units one by one, the last of them first.
func (d *shutdown) inReverse(units []*unit) {
	d.window.left = len(units)
	backwards := make([]*unit, 0, len(units))
	for i := len(units) - 1; i >= 0; i-- {
		backwards = append(backwards, units[i])
	}
	d.sequence(oneByOne(backwards), d.open, d.stop, d.awaitListen, d.tellStopped).run()
}

func (d *shutdown) sequence(take func() *unit, steps ...step) *sequence {
	return &sequence{
		runner: d.runner, take: take, end: d.cut, window: &d.window, steps: steps, settle: d.settle,
	}
}

func (d *shutdown) settle(t *turn) (goOn bool) {
	if t.err == nil {
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.errs = append(d.errs, t.err)
	return d.keepGoing || d.cut.Err() != nil // once cut short, nothing is skipped
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
