package runner

import (
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
	continueOnStopError bool
	closed              []error
	newListener         func() Listener
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
