package runner_test

import (
	"context"
	"errors"
	"net"
	"runtime"
	"time"

	"pgregory.net/rapid"
)

// ending is how a call ends.
type ending string

const (
	returnsNil    ending = "nil"
	returnsError  ending = "error"
	returnsBoth   ending = "error and that of the context"
	returnsEnd    ending = "error of the context"
	returnsClosed ending = "net.ErrClosed"
	endsPanicking ending = "panic"
	endsExiting   ending = "Goexit"
)

// faultPlan is how the first calls of one method of a service behave. The later
// ones return nil at once.
type faultPlan struct {
	Calls   int           // how many do
	After   time.Duration // how long they last
	Heeds   bool          // unless their context ends
	Forever bool          // they last until the end of the case
	How     ending
}

func drawFault(t *rapid.T, of string) faultPlan {
	f := faultPlan{Calls: rapid.SampledFrom([]int{0, 0, 1, 1, 2, 3}).Draw(t, of+" calls")}
	if f.Calls == 0 {
		return f
	}
	f.Heeds = rapid.Bool().Draw(t, of+" heeds")
	f.After = drawnMoments.Draw(t, of+" after")
	f.Forever = rapid.IntRange(0, 3).Draw(t, of+" forever") == 3
	f.How = rapid.SampledFrom([]ending{
		returnsNil, returnsNil, returnsNil, returnsError, returnsBoth, returnsEnd, returnsClosed, endsPanicking, endsExiting,
	}).Draw(t, of+" how")
	return f
}

// wait lasts as long as the call is to.
func (f faultPlan) wait(ctx context.Context, release <-chan struct{}) {
	var timeout <-chan time.Time
	var end <-chan struct{}
	if !f.Forever {
		timer := time.NewTimer(f.After)
		defer timer.Stop()
		timeout = timer.C
	}
	if f.Heeds {
		end = ctx.Done()
	}
	select {
	case <-timeout:
	case <-end:
	case <-release:
	}
}

// outcome is how one call ended.
type outcome struct {
	how      ending
	err      error // what it returned, or panicked with
	sentinel error // what must be found in the error that is reported; nil: nothing
}

func (f faultPlan) outcome(ctx context.Context, sentinel error) outcome {
	switch f.How {
	case returnsError, endsPanicking:
		return outcome{f.How, sentinel, sentinel}
	case returnsBoth:
		return outcome{f.How, errors.Join(ctx.Err(), sentinel), sentinel}
	case returnsEnd:
		return outcome{f.How, ctx.Err(), nil}
	case returnsClosed:
		return outcome{f.How, net.ErrClosed, nil}
	default:
		return outcome{f.How, nil, nil}
	}
}

// ok reports whether the call returned nil.
func (o outcome) ok() bool { return o.err == nil && o.how != endsExiting }

// become ends the calling function so.
func (o outcome) become() error {
	switch o.how {
	case endsPanicking:
		panic(o.err)
	case endsExiting:
		runtime.Goexit()
	}
	return o.err
}
