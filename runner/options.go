package runner

import (
	"io"
	"os"
	"time"
)

// StarterOption configures a [Runner]. It is given to [NewRunner]; applied to a
// Runner by hand it must be before the first Run. A nil option is skipped.
type StarterOption = func(*Runner)

// defaultStopTimeout is what fx gives a whole application.
const defaultStopTimeout = 15 * time.Second

type config struct {
	startTimeout        time.Duration
	stopTimeout         time.Duration
	drainDelay          time.Duration
	concurrency         int // how many start, or stop, at the same time; 0: any number
	continueOnStopError bool
	closed              []error
	newListener         func() Listener
	dump                io.Writer // nil: there is none
	dumpSignals         []os.Signal
}

// WithObserver adds an Observer; it can be used many times. Observers are told
// of each event in the order they were added. A nil Observer is skipped.
func WithObserver(o Observer) StarterOption {
	return func(r *Runner) {
		if o != nil {
			r.observers.add(o)
		}
	}
}

// WithReporter is the older name of [WithObserver].
//
// Deprecated: use WithObserver.
func WithReporter(o Observer) StarterOption { return WithObserver(o) }

// WithSignals sets the signals that end a Run, instead of [DefaultSignals].
// Without arguments there are none. It replaces an earlier
// [WithListenerBuilder].
func WithSignals(sigs ...os.Signal) StarterOption {
	return func(r *Runner) {
		r.config.newListener = func() Listener { return newSignalListener(sigs) }
	}
}

// WithListenerBuilder sets where signals come from. build is called when the
// Runner begins to listen: at the first Run, and again at the first Run after a
// Finish. A nil build, or one that returns nil, means no signals. It replaces an
// earlier [WithSignals].
func WithListenerBuilder(build func() Listener) StarterOption {
	return func(r *Runner) {
		r.config.newListener = func() Listener {
			if build == nil {
				return nil
			}
			return build()
		}
	}
}

// WithStartTimeout sets the time that each service has for Load, Start and
// becoming ready together. The default, and 0 or less, means none.
func WithStartTimeout(d time.Duration) StarterOption {
	return func(r *Runner) { r.config.startTimeout = d }
}

// WithStopTimeout sets the time that each service has to stop, or to close and
// return from Listen. The default is 15 s; 0 or less means none.
func WithStopTimeout(d time.Duration) StarterOption {
	return func(r *Runner) { r.config.stopTimeout = d }
}

// WithContinueOnStopError lets Finish go on past failures: every service is told
// to stop once, and the errors are joined. By default Finish returns at the first
// failure, and a later Finish tries again from there.
func WithContinueOnStopError() StarterOption {
	return func(r *Runner) { r.config.continueOnStopError = true }
}

// WithConcurrency sets how many services may start at the same time, and stop at
// the same time in [Runner.Finish]. The default is 1: they start in the given order,
// and stop in the opposite one. 0 or less means any number.
//
// With any other value than 1 a service starts as soon as those that it is
// [After] have, and stops as soon as those that are After it have. Services that
// none of these settings connects start at the same time, in whatever order they are
// given: say After where one needs another. What is started already, by an earlier
// Run, stops after what a later Run has started. When a service fails to start, the
// starts that are under way are cancelled and waited for, and all that has started
// is stopped.
func WithConcurrency(n int) StarterOption {
	return func(r *Runner) { r.config.concurrency = max(n, 0) }
}

// WithClosedErrors adds errors that say no more than "closed" when Listen
// returns them after its server was asked to close; errors.Is compares them.
// context.Canceled and net.ErrClosed are always among them.
func WithClosedErrors(errs ...error) StarterOption {
	return func(r *Runner) { r.config.closed = append(r.config.closed, errs...) }
}

// WithDrainDelay sets how long a ready Runner serves on after it has been asked
// to end: it is [StateDraining] for d, so that load balancers can take notice,
// and then closes its servers. A second signal cuts the delay short. The default,
// and 0 or less, means no delay. A start that failed is never drained.
func WithDrainDelay(d time.Duration) StarterOption {
	return func(r *Runner) { r.config.drainDelay = d }
}
