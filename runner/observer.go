package runner

import (
	"context"
	"os"
	"time"
)

// An Observer follows a Runner: it is called before and after each step of each service.
//
// Each Before is followed by its After, whatever happens in between: an error, a panic, a call that was abandoned. Services
// of one Run are loaded and started one at a time, so these events come in order, unless [WithConcurrency] says otherwise.
// Servers that close at the same time, and Runs at the same time, call the Observer from several goroutines at once: it must
// be safe for concurrent use.
//
// The Runner waits for an Observer, but has no mutex locked meanwhile, and a wait takes nothing from the time of a service.
// An Observer must not block: the Runner leaves it behind after 5 s, or 150 ms after the start or stop in which it is called
// was cut short, and goes on with the next one. For an Observer that it has left behind, and for one that panics, Run or
// Finish returns an [*ObserverError] beside its own result. An Observer that it has left behind gets later events all the
// same, but in a start or stop that was cut short not before it has returned.
//
// Signals and failures of services that are up take effect before Observers hear of them. For these, and for the end of a Job, an Observer
// has 150 ms, and other events wait that long for it.
//
// Observers get a Service as it was given to Run, a wrapper included; [As] finds the service that it wraps. A Configurable
// is the layer of the service that loads. The error of an After is nil or a [*ServiceError]. The contexts are like those of
// the step.
//
// Later events are optional interfaces of one method each. [WithObserver] looks for them once: [ServerFailedObserver],
// [ServiceFailedObserver], [JobObserver], [RetryObserver], [RetryFailedObserver], [StateObserver], [QueueObserver],
// [ReadinessObserver], [GracePeriodObserver], [StepObserver].
type Observer interface {
	BeforeStart(context.Context, Service)
	AfterStart(context.Context, Service, error)
	BeforeStop(context.Context, Service)
	AfterStop(context.Context, Service, error)
	BeforeLoad(context.Context, Configurable)
	AfterLoad(context.Context, Configurable, error)
	SignalReceived(os.Signal)
}

// Reporter is the older name of [Observer].
//
// Deprecated: use Observer.
type Reporter = Observer

// ServerFailedObserver has a method for failures of Servers. The Runner calls ServerFailed when Listen returns an error
// before anyone has called Close, and when a Server that is a [FailureReporter] reports one. The error is a [*ServiceError].
type ServerFailedObserver interface {
	ServerFailed(context.Context, Server, error)
}

// ServiceFailedObserver has a method for failures that a Resource or a Job reports. The Runner calls ServiceFailed when one
// that is a [FailureReporter] reports a failure; that of a Server is ServerFailed, and the end of a Job, whatever it is, also
// JobDone. The error is a [*ServiceError].
type ServiceFailedObserver interface {
	ServiceFailed(context.Context, Service, error)
}

// RetryObserver has a method for retries. Package retrier calls BeforeRetry through the Runner before each attempt to start
// or run a service, from attempt 1 on.
type RetryObserver interface {
	BeforeRetry(ctx context.Context, s Service, attempt int)
}

// StateObserver has a method for states of the Runner. The Runner calls StateChanged for each new state, in order, and never
// twice at the same time.
type StateObserver interface {
	StateChanged(context.Context, State)
}

// QueueObserver has a method for the services of a Run. The Runner calls ServicesQueued with all of them, as they were given
// to it, before the first of them starts. The Observer must not change the slice.
type QueueObserver interface {
	ServicesQueued(context.Context, []Service)
}

// ReadinessObserver has a method for services that take time to become ready. The Runner calls BeforeReady when a
// [ReadyChecker] has started and before it asks IsReady: between BeforeStart and AfterStart.
type ReadinessObserver interface {
	BeforeReady(context.Context, Service)
}

// RetryFailedObserver has a method for attempts that failed. Package retrier calls RetryFailed through the Runner after each
// failed attempt to start or run a service that another one follows, after pause.
type RetryFailedObserver interface {
	RetryFailed(ctx context.Context, s Service, attempt int, err error, pause time.Duration)
}

// JobObserver has a method for Jobs. The Runner calls JobDone when the Run of a Job has returned. The error is nil or a
// [*ServiceError]. It is nil too where the Runner has asked the Job to return, and it did so.
type JobObserver interface {
	JobDone(context.Context, Job, error)
}

// GracePeriodObserver has a method for a grace period that is too short; see [WithGracePeriod]. The Runner calls
// GracePeriodTooShort once, from its first Run to the end of Finish, before the services of a Run start, if those and the
// services that are up may need longer to stop than the grace period without its margin. have is the grace period. need is the
// drain delay and the stop timeouts of chain: the services, in the order in which they stop, that stop one after the other and
// may take the longest. If one of those has no stop timeout, need is the longest Duration. The Observer must not change the
// slice.
type GracePeriodObserver interface {
	GracePeriodTooShort(ctx context.Context, need, have time.Duration, chain []Service)
}

// StepObserver has a method that adds values to the context of a call: a tracer begins a span there, and what the service does
// in the call becomes its child. The Runner calls StepContext right before the call, after the Before event if there is one,
// and gives the call a context with the values of the result:
//
//	OpLoad, OpStart, OpStop   Load, Start, Stop
//	OpReady                   all calls of IsReady; StepContext is called once, before the first
//	OpListen, OpRun           Listen, and Run of a Job
//	OpClose                   Close, also where the Runner repeats it
//
// The After event of the call gets a context with these values, too.
//
// Nothing but values counts: the call has its own deadline and end, the cause of that, and its profiler labels, whatever the
// result is. An Observer that returns nil adds nothing; neither does one that panics, or does not return in the time of an
// event. Several StepObservers are asked in the order they were added. Each gets a context with the values of those before
// it, which ends with the call; if two add a value for one key, that of the later one counts.
type StepObserver interface {
	StepContext(ctx context.Context, s Service, op Op) context.Context
}
