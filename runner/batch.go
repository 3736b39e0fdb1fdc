package runner

import "context"

// batch is the services of one Run, as the registry sees them.
type batch struct {
	units    []*unit
	order    order           // nil: they wait for none of the others
	detached bool            // they outlive the call: it is a Start
	values   context.Context // the caller's, which never ends
	labelled bool            // values has profiler labels
	ctx      context.Context // ends with the Run
	started  chan struct{}   // closed at the end of the start
	left     chan struct{}   // closed once the call is over

	// Guarded by registry.mu.
	phase  phase
	number int  // of the Run, in the order of their registration
	over   bool // the call is over: nobody but the registry looks at units any more
}

// phase is where a Run is:
//
//	starting ──▶ up ──▶ over        up: its services are wanted. over: they wait for Finish.
//	    │                  ▲
//	    ├── ended by ctx, a signal, Finish, Shutdown
//	    └──▶ failed                 it is rolled back
type phase int

const (
	runStarting phase = iota
	runUp
	runOver
	runFailed
)

// serving returns how many Servers and Jobs are up.
func (b *batch) serving() (n int) {
	for _, u := range b.units {
		if u != nil && u.serving != nil && u.place > 0 && !u.retired {
			n++
		}
	}
	return n
}

// isEnding reports whether the Run is about to close its servers, though it may not know yet.
func (b *batch) isEnding() bool { return !b.detached && b.ctx.Err() != nil }
