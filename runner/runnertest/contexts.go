package runnertest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// errEnded is the cause of contexts that end within a call. Those of a Runner have causes, too: a signal, for instance.
var errEnded = errors.New("ended by the test")

// An ending is a moment at which the context of a call ends.
type ending struct {
	text    string // "with a context that ..."
	looks   int32  // the look of the call at its context after which it ends; 0: it has ended before
	elapses bool   // its deadline passes after a moment, instead
}

// endings are those that every call must cope with. A context that ends after a look catches a call that is not finished,
// however short it is: it has just found that it may go on.
var endings = []ending{
	{text: "with a context that has ended"},
	{text: "with a context that ends once the call has looked at it", looks: 1},
	{text: "with a context that ends once the call has looked at it twice", looks: 2},
	{text: "with a context whose deadline passes", elapses: true},
}

// context returns the context of a call, and the same without the looks, which is for us. It ends soon even if nobody looks,
// and must be cancelled.
func (e ending) context(base context.Context, moment time.Duration) (given, ours context.Context, cancel func()) {
	if e.elapses {
		ctx, cancel := context.WithTimeoutCause(base, moment, errEnded)
		return ctx, ctx, cancel
	}
	ctx, end := context.WithCancelCause(base)
	endNow := func() { end(errEnded) }
	if e.looks == 0 {
		endNow()
		return ctx, ctx, endNow
	}
	over := make(chan struct{})
	go func() { // a timer would not give the call the time back for which a busy machine stalls it
		if !waitFor(over, 10*moment) {
			endNow()
		}
	}()
	onLook := func(look int32) {
		if look == e.looks {
			endNow()
		}
	}
	return &watched{Context: ctx, onLook: onLook}, ctx, sync.OnceFunc(func() { close(over); endNow() })
}

// watch returns a context that ends when end is called, and a channel that is closed once somebody has looked at it.
func watch(base context.Context) (ctx context.Context, end func(), looked <-chan struct{}) {
	inner, cancel := context.WithCancelCause(base)
	seen := make(chan struct{})
	once := sync.OnceFunc(func() { close(seen) })
	return &watched{Context: inner, onLook: func(int32) { once() }}, func() { cancel(errEnded) }, seen
}

// watched is a context that knows when somebody looks at its end.
type watched struct {
	context.Context
	onLook func(look int32) // from 1
	looks  atomic.Int32
}

// Done implements [context.Context].
func (w *watched) Done() <-chan struct{} {
	defer w.look()
	return w.Context.Done()
}

// Err implements [context.Context].
func (w *watched) Err() error {
	defer w.look()
	return w.Context.Err()
}

func (w *watched) look() { w.onLook(w.looks.Add(1)) }
