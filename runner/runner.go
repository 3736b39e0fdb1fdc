package runner

import (
	"context"
	"sync"

	"github.com/go-fxservices/services/internal/adapter"
)

// Runner starts services, supervises them and stops them; see the documentation of the package. The zero Runner works like
// one that [NewRunner] made without options. All methods can be called from many goroutines at once. The code of services
// and Observers may call State, Services, Ready, Shutdown and Dump; a method that waits for services would wait for itself.
type Runner struct {
	once      sync.Once
	config    config
	registry  registry
	stacks    stacks
	states    turns         // whose turn it is to tell Observers of states
	signals   turns         // and of signals
	heard     signalQueue   // signals that Observers have to hear of
	finishing chan struct{} // held by the one Finish that is at work
	request   shutdownRequest
}

// NewRunner makes a Runner. Without options it ends on [DefaultSignals], gives each service 15 s to stop and any time to
// start, and has no Observers.
func NewRunner(opts ...StarterOption) *Runner {
	r := &Runner{}
	r.init()
	for _, opt := range opts {
		if opt != nil {
			opt.apply(&r.config)
		}
	}
	return r
}

func (r *Runner) init() {
	r.once.Do(func() {
		r.config = defaultConfig()
		r.finishing = make(chan struct{}, 1)
	})
}

func init() { //nolint:gochecknoinits // the one way that does not make the adapters' needs public
	adapter.Apply = func(r, option any) {
		r.(*Runner).init()
		option.(StarterOption).apply(&r.(*Runner).config)
	}
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
	run, err := r.begin(ctx, services, false)
	if err != nil {
		return err
	}
	defer r.leave(run)
	if err, ok := r.start(run); !ok || run.lasting == 0 {
		return r.withObserverErrors(err)
	}
	<-run.ended
	return r.withObserverErrors(r.endServing(run))
}

// Start is [Runner.Run] without the wait: it returns once Resources and Servers are up, and the Servers go on until
// [Runner.Stop] or [Runner.Finish]. When one of them fails, [Runner.Wait] returns, and so does every Run.
//
// Start rolls a failure back as Run does. When ctx, a signal or Finish ends a start, everything that has started keeps
// running, Servers included.
func (r *Runner) Start(ctx context.Context, services ...Service) error {
	run, err := r.begin(ctx, services, true)
	if err != nil {
		return err
	}
	defer r.leave(run)
	err, _ = r.start(run)
	r.config.observers.gate.wait()
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
	r.init()
	life := r.registry.currentLife()
	if life == nil {
		return nil
	}
	select {
	case <-life.ended.Done():
	case <-ctx.Done():
		life.catchUp()
	}
	r.config.observers.gate.wait()
	switch why := life.end(); {
	case why == nil:
		return endOf(ctx)
	case why.reason == byFailure || why.reason == byShutdown:
		return why.err
	default:
		return nil
	}
}

// withObserverErrors joins to err what Observers did wrong, once they have heard of everything.
func (r *Runner) withObserverErrors(err error) error {
	r.config.observers.gate.wait()
	return joined(append([]error{err}, r.config.observers.takeErrors()...)...)
}

// State returns the state of the Runner. It never blocks.
func (r *Runner) State() State { return r.registry.state() }

// Ready returns a channel that is closed once everything the Runner was asked for is up and ready. It is open before the
// first Run, and a new one after Finish. Ready never blocks.
func (r *Runner) Ready() <-chan struct{} { return r.registry.whenReady() }

// Status is one started service, as [Runner.Services] found it.
type Status struct {
	Service Service // as it was given to the Runner
	Name    string  // as the Runner read it once
	Kind    Kind
	State   ServiceState
}

// Services returns the services that are started and not yet stopped, in the order they were started. A service that did
// not return from its stop is among them, as [ServiceAbandoned], until it does. Services never blocks; the slice is the
// caller's.
func (r *Runner) Services() []Status { return r.registry.statuses() }
