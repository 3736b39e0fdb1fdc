package runner

import (
	"context"
	"io"
	"sync"

	"github.com/go-fxservices/services/internal/adapter"
)

// Runner starts services, supervises them and stops them; see the documentation of the package. The zero Runner works like
// one that [NewRunner] made without options. All methods can be called from many goroutines at once. The code of services
// and Observers may call State, Services, Ready, Shutdown and Dump; a method that waits for services would wait for itself.
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
}

// Run loads and starts services, and blocks as long as there are Servers or Jobs among them.
//
// Run checks all arguments before anything starts: nil, a nil pointer, a service that is neither a Resource nor a Server, or
// both at once, is an error that wraps [ErrInvalidServiceType]; an instance that is already started one that wraps
// [ErrAlreadyStarted]. Then Run takes each service in turn: it loads a [Configurable], starts it, and waits for a
// [ReadyChecker]. A Resource starts before the next service; a Server listens on a goroutine of its own.
//
// With Resources only, Run returns once they are started. With any Server it blocks until a signal comes, ctx ends, a
// Server fails, or somebody calls [Runner.Shutdown] or [Runner.Finish]; with Jobs and no Server also until all Jobs are
// done. Then it closes all its Servers at the same time, each with its stop timeout whatever became of ctx, and returns when
// every Listen has. Resources stay up until Finish.
//
// The first of these to happen decides what Run returns:
//
//   - After a signal while serving, after Finish, and when all Jobs are done, it returns nil.
//   - After a signal while starting it returns a [*SignalError].
//   - After the end of ctx it returns the error of ctx, and its cause. Where a signal comes with the end of ctx, as it does
//     with signal.NotifyContext, the signal decides.
//   - After Shutdown it returns the cause.
//   - When a service fails to load, start or become ready it returns a [*ServiceError], and stops what this Run had started,
//     newest first.
//   - When a Server or Job fails while serving it returns a [*ServiceError].
//   - When Finish comes before Resources alone are started it returns [ErrFinishing].
//
// Errors met while closing are joined to that. Run can be called again, and from many goroutines. A Run that follows a
// signal starts nothing until Finish has been called.
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

// Start is [Runner.Run] without the wait: it returns once Resources and Servers are up, and the Servers go on until
// [Runner.Stop] or [Runner.Finish]. When one of them fails, [Runner.Wait] returns, and so does every Run.
//
// Start rolls a failure back as Run does. When ctx, a signal or Finish ends a start, everything that has started keeps
// running, Servers included.
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

// Wait blocks until the Runner has to end. It returns nil after a signal, after Finish, and when the Jobs of a Start are
// done; a [*ServiceError] when a service fails that [Runner.Start] has started; the cause after [Runner.Shutdown]; and the
// error of ctx, and its cause, when ctx ends. Before the first Run and after Finish there is nothing to wait for, and it
// returns nil at once.
func (r *Runner) Wait(ctx context.Context) error {
	if ctx == nil {
		return errNilContext
	}
	return r.init().wait(ctx)
}

// Finish ends what runs and stops what is started.
//
// It asks running Runs to end, waits for them, and stops every started service, one by one, in reverse order of their
// start; [WithConcurrency] lets services that nothing connects stop at the same time. By default it returns at the first
// failure, and that service and the older ones stay started: a later Finish tries again from there. With
// [WithContinueOnStopError] it tells every service to stop once, and joins the errors.
//
// Each service has its own stop timeout. One that does not return in time is abandoned: its error is a [*ServiceError]
// around a [*TimeoutError], which is [ErrStopTimeout]. At the deadline of ctx, and when a second signal comes, the contexts
// of the stops end too; Finish still tells the services that have not been stopped yet, and they share 150 ms. Of ctx only
// the deadline counts: a deferred Finish often finds it cancelled.
//
// A service that somebody else is stopping is waited for. Before any Run there is nothing to do, and Finish returns nil.
// When another Finish is at work it waits for that one first, until the deadline of ctx.
func (r *Runner) Finish(ctx context.Context) error {
	if ctx == nil {
		return errNilContext
	}
	return r.init().finish(ctx)
}

// Stop stops services that were started, the newest first whatever their order here, one by one or at the same time as
// [Runner.Finish] does. Before anything is stopped, a service that is nil or not started is an error that wraps
// [ErrNotStarted], and one that others are [After], which are up and not among services, an error that wraps [ErrNeeded] and
// names them. A service that somebody else is stopping is waited for. One that is still becoming ready is stopped once its
// start has given up. At the deadline of ctx the stops are cut short; that ctx is cancelled says nothing.
func (r *Runner) Stop(ctx context.Context, services ...Service) error {
	if ctx == nil {
		return errNilContext
	}
	return r.init().stop(ctx, services)
}

// Shutdown asks the Runner to end, and returns at once. Any code may call it, that of services and Observers included. Every
// Run, and Wait, then return an error that is the cause, or nil if cause is nil. The first cause counts, and an end that has
// come before it. Before the first Run, and after Finish, the next Run ends at once with the cause.
func (r *Runner) Shutdown(cause error) { r.init().askToEnd(cause) }

// State returns the state of the Runner. It never blocks.
func (r *Runner) State() State { return r.init().registry.state() }

// Ready returns a channel that is closed once everything the Runner was asked for is up and ready. It is open before the
// first Run, and a new one after Finish. Ready never blocks.
func (r *Runner) Ready() <-chan struct{} { return r.init().registry.whenReady() }

// Services returns the services that are started and not yet stopped, in the order they were started. A service that did
// not return from its stop is among them, as [ServiceAbandoned], until it does. Services never blocks; the slice is the
// caller's.
func (r *Runner) Services() []Status { return r.init().registry.statuses() }

// Dump writes the state of the Runner, that of each service which is started or belongs to a Run under way, and the stacks
// of the goroutines of that service, to w in one Write. Any code may call it at any time, also while something is stuck. It
// briefly stops the world, as a goroutine profile does.
func (r *Runner) Dump(w io.Writer) error { return r.init().dump(w) }
