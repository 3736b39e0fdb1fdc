package runner

import (
	"io"
	"os"
	"time"

	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/internal/signum"
)

// StarterOption configures a [Runner]; see [NewRunner]. NewRunner skips a nil option.
type StarterOption interface{ apply(*config) }

type optionFunc func(*config)

func (f optionFunc) apply(c *config) { f(c) }

// defaultStopTimeout is the time that fx gives a whole application.
const defaultStopTimeout = 15 * time.Second

// config is what the options of a Runner say. Nothing changes it after the first Run.
type config struct {
	startTimeout        time.Duration // 0 or less: no limit
	stopTimeout         time.Duration // 0 or less: no limit
	drainDelay          time.Duration
	concurrency         int // how many services start, or stop, at the same time; 0: any number
	continueOnStopError bool
	closedErrors        []error
	newListener         func() Listener
	dump                io.Writer // nil: none
	dumpSignals         []os.Signal
	observers           *observers
}

func defaultConfig() config {
	return config{
		stopTimeout: defaultStopTimeout,
		concurrency: 1,
		observers:   &observers{},
		newListener: func() Listener { return newSignalListener(DefaultSignals) },
	}
}

// WithObserver adds an Observer; it can be used many times. The Runner calls Observers in the order they were added. It
// skips one that is nil, or a nil pointer.
func WithObserver(o Observer) StarterOption {
	return optionFunc(func(c *config) {
		if !identity.IsNil(o) {
			c.observers.add(o)
		}
	})
}

// WithReporter is the older name of [WithObserver].
//
// Deprecated: use WithObserver.
func WithReporter(o Observer) StarterOption { return WithObserver(o) }

// WithSignals sets the signals that end a Run, instead of [DefaultSignals]. Without arguments there are none. It replaces
// an earlier [WithListenerBuilder].
func WithSignals(sigs ...os.Signal) StarterOption {
	return optionFunc(func(c *config) {
		c.newListener = func() Listener { return newSignalListener(sigs) }
	})
}

// WithListenerBuilder sets where signals come from. The Runner calls build when it begins to listen: at the first Run, and
// again at the first Run after a Finish. A nil build, or one that returns nil, means no signals. It replaces an earlier
// [WithSignals].
func WithListenerBuilder(build func() Listener) StarterOption {
	return optionFunc(func(c *config) {
		c.newListener = func() Listener {
			if build == nil {
				return nil
			}
			return build()
		}
	})
}

// WithStartTimeout limits the time that each service has for Load, Start and becoming ready together. By default, and for
// 0 or less, there is no limit.
func WithStartTimeout(d time.Duration) StarterOption {
	return optionFunc(func(c *config) { c.startTimeout = d })
}

// WithStopTimeout limits the time that each service has to stop, or to close and return from Listen. The default is 15 s;
// 0 or less means no limit.
func WithStopTimeout(d time.Duration) StarterOption {
	return optionFunc(func(c *config) { c.stopTimeout = d })
}

// WithContinueOnStopError makes Finish and Stop go on past failures: they stop every service once, and join the errors. By
// default they return at the first failure, and a later Finish tries again from there.
func WithContinueOnStopError() StarterOption {
	return optionFunc(func(c *config) { c.continueOnStopError = true })
}

// WithConcurrency sets how many services may start at the same time, and stop at the same time in [Runner.Finish]. The
// default is 1: they start in the given order, and stop in reverse. 0 or less means any number.
//
// With any value but 1 a service starts as soon as the services that it is [After] have started, and stops as soon as the
// services that are After it have stopped. Services that neither After nor [Barrier] connects start at the same time, in
// whatever order they are given: use After where one needs another. Services of an earlier Run stop after those of a later
// one. When a service fails to start, the Runner cancels the starts that are under way, waits for them, and stops everything
// that has started.
func WithConcurrency(n int) StarterOption {
	return optionFunc(func(c *config) { c.concurrency = max(n, 0) })
}

// WithClosedErrors adds errors that say no more than "closed": the Runner ignores them if Listen returns one after the Runner
// has called Close. errors.Is compares them. The Runner always ignores context.Canceled and net.ErrClosed then.
func WithClosedErrors(errs ...error) StarterOption {
	return optionFunc(func(c *config) { c.closedErrors = append(c.closedErrors, errs...) })
}

// WithDrainDelay sets how long servers go on after the end has come: the Runner is [StateDraining] for d, so that load
// balancers can take notice, and then closes them. A second signal cuts the delay short. By default, and for 0 or less,
// there is no delay. There is none if a start fails, either.
func WithDrainDelay(d time.Duration) StarterOption {
	return optionFunc(func(c *config) { c.drainDelay = d })
}

// WithDump makes the Runner write a [Runner.Dump] to w at each of sigs, from its first Run until Finish has returned. These
// signals do not end the program then. Without sigs the signal is SIGQUIT, which would end a Go program. A signal that the
// process was started to ignore stays ignored. The Runner ignores errors and panics of w. If w is nil there is no dump.
func WithDump(w io.Writer, sigs ...os.Signal) StarterOption {
	if len(sigs) == 0 && signum.Quit != nil {
		sigs = []os.Signal{signum.Quit}
	}
	return optionFunc(func(c *config) {
		c.dump, c.dumpSignals = nil, sigs
		if !identity.IsNil(w) {
			c.dump = w
		}
	})
}
