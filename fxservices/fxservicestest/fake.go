package fxservicestest

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/go-fxservices/services/runner"
)

// FakeResource is a scripted [runner.Resource], which succeeds unless its script says otherwise. [Fake] makes one.
type FakeResource struct {
	name             string
	start, stop      func(context.Context) error
	notReady         atomic.Int64
	started, stopped atomic.Int64
}

var (
	_ runner.Resource     = (*FakeResource)(nil)
	_ runner.ReadyChecker = (*FakeResource)(nil)
)

// A Script says what a [FakeResource] does.
type Script func(*FakeResource)

// Fake returns a Resource with a name that does what script says, and otherwise succeeds at once.
func Fake(name string, script ...Script) *FakeResource {
	f := &FakeResource{name: name}
	for _, s := range script {
		s(f)
	}
	return f
}

// OnStart makes Start call a function. A nil function does nothing.
func OnStart(start func(context.Context) error) Script {
	return func(f *FakeResource) { f.start = start }
}

// OnStop makes Stop call a function. A nil function does nothing.
func OnStop(stop func(context.Context) error) Script { return func(f *FakeResource) { f.stop = stop } }

// FailStart makes Start return an error.
func FailStart(err error) Script { return OnStart(func(context.Context) error { return err }) }

// FailStop makes Stop return an error.
func FailStop(err error) Script { return OnStop(func(context.Context) error { return err }) }

// HangStart makes Start return only once its context has ended, with the cause.
func HangStart() Script { return OnStart(untilEnd) }

// HangStop makes Stop return only once its context has ended, with the cause.
func HangStop() Script { return OnStop(untilEnd) }

func untilEnd(ctx context.Context) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

// NotReady makes the first n calls of IsReady return an error.
func NotReady(n int) Script { return func(f *FakeResource) { f.notReady.Store(int64(n)) } }

// Name returns the name.
func (f *FakeResource) Name() string { return f.name }

// Start counts the call, and does what the script says.
func (f *FakeResource) Start(ctx context.Context) error {
	f.started.Add(1)
	return call(ctx, f.start)
}

// Stop counts the call, and does what the script says.
func (f *FakeResource) Stop(ctx context.Context) error {
	f.stopped.Add(1)
	return call(ctx, f.stop)
}

func call(ctx context.Context, step func(context.Context) error) error {
	if step == nil {
		return nil
	}
	return step(ctx)
}

var errNotReady = errors.New("not ready yet")

// IsReady returns nil, unless [NotReady] says otherwise.
func (f *FakeResource) IsReady(context.Context) error {
	if f.notReady.Load() > 0 && f.notReady.Add(-1) >= 0 {
		return errNotReady
	}
	return nil
}

// Starts returns how often Start has been called.
func (f *FakeResource) Starts() int { return int(f.started.Load()) }

// Stops returns how often Stop has been called.
func (f *FakeResource) Stops() int { return int(f.stopped.Load()) }
