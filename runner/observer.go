package runner

import (
	"context"
	"os"
	"time"
)

// Observer is told what a Runner does.
//
// Each Before is followed by its After, whatever happens in between: an error, a
// panic, a call that was abandoned. The services of one Run are loaded and
// started one at a time, so these events come in order, unless [WithConcurrency]
// says otherwise; servers that close at the same time, and Runs that run at the same
// time, tell the Observer from several goroutines at once: it must be safe for
// concurrent use. The Runner holds no
// lock while it tells an Observer, and waits for it: an Observer must not block.
// A panic of an Observer changes nothing but the error that Run or Finish returns.
//
// A Service is given as it was given to Run, a wrapper included; [As] finds what
// it wraps. A Configurable is the layer of the service that loads. The error of
// an After is nil or a [*ServiceError]. Contexts are those of the step.
//
// Later events are small interfaces of one method, found when the Observer is
// added: [ServerFailedObserver], [RetryObserver], [StateObserver], [QueueObserver],
// [ReadinessObserver].
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

// ServerFailedObserver is told when Listen ends with an error though nobody had
// asked the server to close. The error is a [*ServiceError].
type ServerFailedObserver interface {
	ServerFailed(context.Context, Server, error)
}

// RetryObserver is told before every attempt to start a service that is
// retried, the first (attempt 1) included.
type RetryObserver interface {
	BeforeRetry(ctx context.Context, s Service, attempt int)
}

// StateObserver is told when the state of the Runner changes, in order, never
// twice at the same time.
type StateObserver interface {
	StateChanged(context.Context, State)
}

// QueueObserver is told of the services of a Run, as they were given to it, before
// the first of them starts. [DependenciesOf] and [BarrierOf] say what they wait for.
// The slice must not be changed.
type QueueObserver interface {
	ServicesQueued(context.Context, []Service)
}

// ReadinessObserver is told when a [ReadyChecker] has started and is about to be
// asked whether it is ready: between BeforeStart and AfterStart.
type ReadinessObserver interface {
	BeforeReady(context.Context, Service)
}

// RetryFailedObserver is told after each attempt to start a service that failed and will be followed by another, after
// pause.
type RetryFailedObserver interface {
	RetryFailed(ctx context.Context, s Service, attempt int, err error, pause time.Duration)
}

// JobObserver is told when the Run of a Job has returned. The error is nil or a [*ServiceError].
type JobObserver interface {
	JobDone(context.Context, Job, error)
}

// GracePeriodObserver is told, when services are given to the Runner, that stopping may take longer than
// [WithGracePeriod] allows: chain names the services that stop one after the other and need the most time.
type GracePeriodObserver interface {
	GracePeriodTooShort(ctx context.Context, need, have time.Duration, chain []Service)
}

// StepObserver makes the context of a call: a tracer begins a span here. What StepContext returns must descend from ctx;
// nil, and a context that has ended though ctx has not, change nothing.
type StepObserver interface {
	StepContext(ctx context.Context, s Service, op Op) context.Context
}
