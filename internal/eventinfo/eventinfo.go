// Package eventinfo carries what the Runner knows of an event to the Observers of this module, in the context of the
// event. Without it they would ask a service for its Name and unwrap it again, outside of the calls that the Runner
// watches, where a lock or a panic of the service could stop them.
package eventinfo

import (
	"context"
	"time"
)

// Info describes an event. Fields that do not apply are zero.
type Info struct {
	Subjects []Subject     // the services of the event, in the order of its arguments
	Services int           // how many services are started
	Elapsed  time.Duration // since the first start of the Runner, for the states ready and stopped
	Delay    time.Duration // of the drain
	Cause    error         // why the Runner ends: a *runner.SignalError, the failure of a service, what Shutdown was given,
	//                        the error of a context, runner.ErrFinishing
}

// Subject is one service, as the Runner looked at it once.
type Subject struct {
	Name    string
	Kind    string
	After   []string // the names of the services that it starts after
	Barrier string   // the reason why it is a barrier
}

// Key is the key of an Info in a context. Its value is an *Info.
type Key struct{}

// With returns ctx with info in it.
func With(ctx context.Context, info *Info) context.Context {
	return context.WithValue(ctx, Key{}, info)
}

// From returns the Info in ctx, which is empty if there is none.
func From(ctx context.Context) Info {
	if info, ok := ctx.Value(Key{}).(*Info); ok {
		return *info
	}
	return Info{}
}

// Subject returns the description of the service at position i of the arguments, and false if ctx has none.
func (i Info) Subject(at int) (Subject, bool) {
	if at >= len(i.Subjects) {
		return Subject{}, false
	}
	return i.Subjects[at], true
}
