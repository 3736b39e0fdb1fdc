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
	gracePeriod         time.Duration // 0 or less: none
	concurrency         int           // how many services start, or stop, at the same time; 0: any number
	continueOnStopError bool
	closedErrors        []error
	newListener         func() Listener
	signals             []os.Signal     // those that newListener listens for; nil: somebody else knows
	onListening         func()          // nil: nobody wants to know
	onSignal            func(os.Signal) // nil: nobody wants to know
	dump                io.Writer       // nil: none
	dumpSignals         []os.Signal
	observers           *observers
}

func defaultConfig() config {
	c := config{
		stopTimeout: defaultStopTimeout,
		concurrency: 1,
		observers:   &observers{},
	}
	c.listenFor(DefaultSignals)
	return c
}

func (c *config) listenFor(sigs []os.Signal) {
	c.newListener, c.signals = func() Listener { return newSignalListener(sigs) }, sigs
}

// WithObserver adds an Observer; it can be used many times. The Runner calls Observers in the order they were added. It
// skips one that is nil, or a nil pointer, and a pointer that was added before: it hears of everything once.
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
	return optionFunc(func(c *config) { c.listenFor(sigs) })
}

// WithListenerBuilder sets where signals come from. The Runner calls build when it begins to listen: at the first Run, and
// again at the first Run after a Finish. A nil build, or one that returns nil, means no signals. It replaces an earlier
// [WithSignals].
func WithListenerBuilder(build func() Listener) StarterOption {
	return optionFunc(func(c *config) {
		c.signals = nil
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
// balancers can take notice, and then closes them. A second signal and the end of the grace period cut the delay short. By
// default, and for 0 or less, there is no delay. There is none if a start fails, either.
func WithDrainDelay(d time.Duration) StarterOption {
	return optionFunc(func(c *config) { c.drainDelay = d })
}

// WithGracePeriod tells the Runner how much time the platform leaves between asking the program to end and killing it: 30 s in
// Kubernetes by default (terminationGracePeriodSeconds), TimeoutStopSec in systemd. By default, and for 0 or less, the Runner
// knows of no such time.
//
// The whole shutdown, with the drain delay, then ends before d is over: from the first signal, failure of a service, end of
// the context of Run, or call of Shutdown or Finish, whichever comes first, to the return of Finish, and of another Finish
// that tries again. A margin before the end of d, the Runner cuts short what has not stopped, as a second signal does: it
// cancels the contexts of the stops under way, still stops each service that is left, abandons what does not return, and
// names it in the errors and to Observers. The errors of Run and Finish wrap [ErrGracePeriod] then. The margin is a tenth of d
// and at least 1 s, but no more than half of d.
//
// The end of Jobs begins nothing, because the platform has not asked for it; Finish does. A new Run takes the beginning back,
// and so does a signal that finds the Runner ready: other Runs have gone on.
//
// If the drain delay and the stop timeouts of the services that stop one after the other do not fit, Observers hear of it
// before the services start: see [GracePeriodObserver].
func WithGracePeriod(d time.Duration) StarterOption {
	return optionFunc(func(c *config) { c.gracePeriod = d })
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
