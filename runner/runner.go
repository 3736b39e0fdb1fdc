package runner

import (
	"context"
	"io"
	"os"
	"sync"
	"time"

	"github.com/go-fxservices/services/internal/adapter"
)

// Runner starts, supervises and stops services; see the documentation of the package. The zero Runner works like one that
// [NewRunner] made without options. All methods can be called from many goroutines at once. Services and Observers may call
// State, Services, Ready, Shutdown and Dump. They must not call the other methods, which would wait for their own caller.
// A nil context is an error.
type Runner struct {
	once sync.Once
	core core
}

// NewRunner makes a Runner. Without options it ends on [DefaultSignals], gives each service 15 s to stop and any time to
// start, and has no Observers.
func NewRunner(opts ...StarterOption) *Runner {
	r := &Runner{}
	for _, opt := range opts {
		if opt != nil {
			opt.apply(&r.init().config)
		}
	}
	return r
}

// init makes the zero Runner usable.
func (r *Runner) init() *core {
	r.once.Do(r.core.init)
	return &r.core
}

func init() { //nolint:gochecknoinits // the one way that does not make the adapters' needs public
	adapter.Apply = func(r, option any) { option.(StarterOption).apply(&r.(*Runner).init().config) }
	adapter.Signals = func(r any) []os.Signal { return r.(*Runner).init().config.signals }
	adapter.Concurrency = func(r any) int { return r.(*Runner).init().config.concurrency }
	adapter.OnListening = func(r any, f func()) { r.(*Runner).init().config.onListening = f }
	adapter.OnSignal = func(r any, f func(os.Signal)) { r.(*Runner).init().config.onSignal = f }
	adapter.Watch = func(r any) func(context.Context) error { return r.(*Runner).init().watch() }
	adapter.HasEnded = func(r any) bool { return r.(*Runner).init().hasEnded() }
	adapter.Observers = func(r any) []any { return r.(*Runner).init().config.observers.given() }
	adapter.Finish = func(r any, ctx context.Context, limit adapter.StopLimit) error {
		return r.(*Runner).init().finish(ctx, limit)
	}
	adapter.StopTimeout = func(r any) time.Duration { return r.(*Runner).init().config.stopTimeout }
}

// Run loads and starts services. If there are Servers or Jobs among them, it blocks until the program has to end.
//
// Run checks all arguments before anything starts. A service that is nil, a nil pointer, none of Resource, Server and Job, or
// both a Resource and a Server, is an error that wraps [ErrInvalidServiceType]; an instance that has been started already
// one that wraps [ErrAlreadyStarted]. Then Run takes one service after the other: it loads a [Configurable], starts the
// service, and waits until a [ReadyChecker] is ready. Listen of a Server, and Run of a Job, run on goroutines of their own.
//
// With Resources only, Run returns once they are started. With a Server it blocks until a signal comes, ctx ends, a service
// fails, or somebody calls [Runner.Shutdown] or [Runner.Finish]; with Jobs and no Server also until all Jobs are done. Then
// it closes all its Servers and Jobs at the same time, but each before those that it is [After], and returns when every
// Listen has returned. Each has its own stop timeout, even if ctx has ended. Resources stay up until Finish.
//
// The first of these to happen decides what Run returns:
//
//   - After a signal while serving, after Finish, and when all Jobs are done, it returns nil.
//   - After a signal while starting it returns a [*SignalError].
//   - After the end of ctx it returns the error of ctx, and its cause. If a signal ends ctx, as with signal.NotifyContext,
//     the signal decides, provided that the Runner listens for it.
//   - After Shutdown it returns the cause, or [ErrShutdown] if that is nil and Resources alone are not started yet.
//   - When a service fails to load, start or become ready it returns a [*ServiceError], and stops everything that this Run
//     has started, newest first. So it does when a service fails that is up, while others are starting.
//   - When a Server or Job fails while serving, or a [FailureReporter] reports a failure, it returns a [*ServiceError].
//   - When Finish comes before Resources alone are started it returns [ErrFinishing].
//
// Errors met while closing are joined to that. Run can be called again, and from many goroutines. After a signal, a Run
// starts nothing until Finish has been called.
func (r *Runner) Run(ctx context.Context, services ...Service) error {
	c := r.init()
	run, err := c.begin(ctx, services, false)
	if err != nil {
		return err
	}
	defer c.leave(run)
	if err, ok := c.start(run); !ok || run.lasting == 0 {
		return c.result(err)
	}
	<-run.ended
	return c.result(c.endServing(run))
}

// Start is [Runner.Run] without the wait: it returns once all services are up, and its Servers and Jobs go on until
// [Runner.Stop] or [Runner.Finish]. If one of them fails, [Runner.Wait] returns, and so does every Run.
//
// If a service fails to start, Start stops everything that it has started, as Run does. When ctx, a signal, Shutdown or
// Finish ends a start, everything that has started keeps running, Servers included.
func (r *Runner) Start(ctx context.Context, services ...Service) error {
	c := r.init()
	run, err := c.begin(ctx, services, true)
	if err != nil {
		return err
	}
	defer c.leave(run)
	err, _ = c.start(run)
	c.config.observers.gate.wait()
	return err
}

// Wait blocks until the Runner has to end. It returns nil after a signal, after Finish, and when the Jobs of a Start without
// Servers are done and nothing else serves or starts; a [*ServiceError] when a service fails whose Run or Start has returned;
// the cause after [Runner.Shutdown]; and the error of ctx, and its cause, when ctx ends. Before the first Run and after Finish
// there is nothing to wait for, and it returns nil at once.
func (r *Runner) Wait(ctx context.Context) error {
	if ctx == nil {
		return errNilContext
	}
	return r.init().wait(ctx)
}

// Finish ends all Runs and stops everything that has been started.
//
// It asks the Runs under way to end and waits for them. Then it stops every started service, one by one, in the reverse
// order of their start; with [WithConcurrency], services that nothing connects stop at the same time. By default Finish
// returns at the first failure, and that service and the older ones stay started: a later Finish tries again from there.
// With [WithContinueOnStopError] it stops every service once, and joins the errors.
//
// Each service has its own stop timeout. Finish abandons a stop that does not return in time, and its error is a
// [*ServiceError] with a [*TimeoutError] that is [ErrStopTimeout]. The deadline of ctx, a second signal, and the end of the
// grace period ([WithGracePeriod]) cut Finish short: the contexts of the stops end, and Finish still calls the Stop of each
// service that is left, but they share 150 ms. Of ctx only the deadline counts, because a deferred Finish often finds its
// context cancelled.
//
// If somebody else is stopping a service, Finish waits for that stop before it stops the services on which that one depends.
// Before any Run there is nothing to do, and Finish returns nil. If another Finish is at work, this one waits for it, until
// the deadline of ctx.
func (r *Runner) Finish(ctx context.Context) error {
	if ctx == nil {
		return errNilContext
	}
	return r.init().finish(ctx, adapter.StopLimit{})
}

// Stop stops started services, in whatever order they are given: the newest first, one by one or at the same time as
// [Runner.Finish] does.
//
// Stop checks all services before it stops any. One that is nil or not started is an error that wraps [ErrNotStarted]; one
// whose abandoned call still runs, an error that wraps [ErrStillRunning]; one with services [After] it that are up and not
// to be stopped as well, an error that wraps [ErrNeeded] and names them. If somebody else is stopping a service, Stop waits
// for that stop. If a service is still becoming ready, Stop ends that wait, which fails its start, and then stops it. The
// deadline of ctx cuts the stops short; the cancellation of ctx does nothing.
func (r *Runner) Stop(ctx context.Context, services ...Service) error {
	if ctx == nil {
		return errNilContext
	}
	return r.init().stop(ctx, services)
}

// Shutdown asks the Runner to end, and returns at once. Any code may call it, that of services and Observers included. Every
// Run, and Wait, then return an error that is the cause, or nil if cause is nil. The first Shutdown counts, unless something
// else has ended the Runner before it. Before the first Run, and after Finish, Shutdown makes the next Run end at once, unless
// a Finish comes before that.
func (r *Runner) Shutdown(cause error) { r.init().askToEnd(cause) }

// State returns the state of the Runner. It never blocks.
func (r *Runner) State() State { return r.init().registry.state() }

// Ready returns a channel that is closed once the Runner is [StateReady]: all services that it was asked for are up and
// ready. The channel is open before the first Run, and is a new one after Finish. Ready never blocks.
func (r *Runner) Ready() <-chan struct{} { return r.init().registry.whenReady() }

// Services returns the services that are started and not yet stopped, in the order in which they were started. A service
// with an abandoned call is among them, as [ServiceAbandoned], until that call returns. Services never blocks; the slice is
// the caller's.
func (r *Runner) Services() []Status { return r.init().registry.statuses() }

// Dump writes the state of the Runner to w, in one call of Write, and for each service that is started or belongs to a Run
// under way its state and the stacks of its goroutines. Any code may call Dump at any time, also while something is stuck.
// It briefly stops the world, as a goroutine profile does.
func (r *Runner) Dump(w io.Writer) error { return r.init().dump(w) }
