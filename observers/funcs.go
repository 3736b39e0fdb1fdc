package observers

import (
	"context"
	"os"
	"time"

	"github.com/go-fxservices/services/runner"
)

// Funcs is an Observer made of functions; nil ones are skipped. Both Funcs and
// *Funcs are Observers. They are called as [runner.Observer] says: maybe from
// many goroutines at once, and they must not block.
type Funcs struct {
	OnBeforeLoad     func(context.Context, runner.Configurable)
	OnAfterLoad      func(context.Context, runner.Configurable, error)
	OnBeforeStart    func(context.Context, runner.Service)
	OnAfterStart     func(context.Context, runner.Service, error)
	OnBeforeStop     func(context.Context, runner.Service)
	OnAfterStop      func(context.Context, runner.Service, error)
	OnSignalReceived func(os.Signal)
	OnServerFailed   func(context.Context, runner.Server, error)
	OnBeforeRetry    func(ctx context.Context, s runner.Service, attempt int)
	OnStateChanged   func(context.Context, runner.State)
	OnServicesQueued func(context.Context, []runner.Service)
	OnBeforeReady    func(context.Context, runner.Service)
	OnRetryFailed    func(ctx context.Context, s runner.Service, attempt int, err error, pause time.Duration)
	OnJobDone        func(context.Context, runner.Job, error)
	OnServiceFailed  func(context.Context, runner.Service, error)

	OnGracePeriodTooShort func(ctx context.Context, need, have time.Duration, chain []runner.Service)
	OnServiceUnmanaged    func(ctx context.Context, constructor, mend string)
	OnStepContext         func(ctx context.Context, s runner.Service, op runner.Op) context.Context
}

var (
	_ runner.Observer              = Funcs{}
	_ runner.ServerFailedObserver  = Funcs{}
	_ runner.RetryObserver         = Funcs{}
	_ runner.StateObserver         = Funcs{}
	_ runner.QueueObserver         = Funcs{}
	_ runner.ReadinessObserver     = Funcs{}
	_ runner.RetryFailedObserver   = Funcs{}
	_ runner.JobObserver           = Funcs{}
	_ runner.ServiceFailedObserver = Funcs{}
	_ runner.GracePeriodObserver   = Funcs{}
	_ runner.StepObserver          = Funcs{}
)

// BeforeLoad calls OnBeforeLoad.
func (f Funcs) BeforeLoad(ctx context.Context, c runner.Configurable) {
	if f.OnBeforeLoad != nil {
		f.OnBeforeLoad(ctx, c)
	}
}

// AfterLoad calls OnAfterLoad.
func (f Funcs) AfterLoad(ctx context.Context, c runner.Configurable, err error) {
	if f.OnAfterLoad != nil {
		f.OnAfterLoad(ctx, c, err)
	}
}

// BeforeStart calls OnBeforeStart.
func (f Funcs) BeforeStart(ctx context.Context, s runner.Service) {
	if f.OnBeforeStart != nil {
		f.OnBeforeStart(ctx, s)
	}
}

// AfterStart calls OnAfterStart.
func (f Funcs) AfterStart(ctx context.Context, s runner.Service, err error) {
	if f.OnAfterStart != nil {
		f.OnAfterStart(ctx, s, err)
	}
}

// BeforeStop calls OnBeforeStop.
func (f Funcs) BeforeStop(ctx context.Context, s runner.Service) {
	if f.OnBeforeStop != nil {
		f.OnBeforeStop(ctx, s)
	}
}

// AfterStop calls OnAfterStop.
func (f Funcs) AfterStop(ctx context.Context, s runner.Service, err error) {
	if f.OnAfterStop != nil {
		f.OnAfterStop(ctx, s, err)
	}
}

// SignalReceived calls OnSignalReceived.
func (f Funcs) SignalReceived(sig os.Signal) {
	if f.OnSignalReceived != nil {
		f.OnSignalReceived(sig)
	}
}

// ServerFailed calls OnServerFailed.
func (f Funcs) ServerFailed(ctx context.Context, s runner.Server, err error) {
	if f.OnServerFailed != nil {
		f.OnServerFailed(ctx, s, err)
	}
}

// BeforeRetry calls OnBeforeRetry.
func (f Funcs) BeforeRetry(ctx context.Context, s runner.Service, attempt int) {
	if f.OnBeforeRetry != nil {
		f.OnBeforeRetry(ctx, s, attempt)
	}
}

// StateChanged calls OnStateChanged.
func (f Funcs) StateChanged(ctx context.Context, state runner.State) {
	if f.OnStateChanged != nil {
		f.OnStateChanged(ctx, state)
	}
}

// ServicesQueued calls OnServicesQueued.
func (f Funcs) ServicesQueued(ctx context.Context, services []runner.Service) {
	if f.OnServicesQueued != nil {
		f.OnServicesQueued(ctx, services)
	}
}

// BeforeReady calls OnBeforeReady.
func (f Funcs) BeforeReady(ctx context.Context, s runner.Service) {
	if f.OnBeforeReady != nil {
		f.OnBeforeReady(ctx, s)
	}
}

// RetryFailed calls OnRetryFailed.
func (f Funcs) RetryFailed(ctx context.Context, s runner.Service, attempt int, err error, pause time.Duration) {
	if f.OnRetryFailed != nil {
		f.OnRetryFailed(ctx, s, attempt, err, pause)
	}
}

// JobDone calls OnJobDone.
func (f Funcs) JobDone(ctx context.Context, j runner.Job, err error) {
	if f.OnJobDone != nil {
		f.OnJobDone(ctx, j, err)
	}
}

// ServiceFailed calls OnServiceFailed.
func (f Funcs) ServiceFailed(ctx context.Context, s runner.Service, err error) {
	if f.OnServiceFailed != nil {
		f.OnServiceFailed(ctx, s, err)
	}
}

// GracePeriodTooShort calls OnGracePeriodTooShort.
func (f Funcs) GracePeriodTooShort(ctx context.Context, need, have time.Duration, chain []runner.Service) {
	if f.OnGracePeriodTooShort != nil {
		f.OnGracePeriodTooShort(ctx, need, have, chain)
	}
}

// ServiceUnmanaged calls OnServiceUnmanaged. It is a method of fxservices.UnmanagedObserver.
func (f Funcs) ServiceUnmanaged(ctx context.Context, constructor, mend string) {
	if f.OnServiceUnmanaged != nil {
		f.OnServiceUnmanaged(ctx, constructor, mend)
	}
}

// StepContext returns the result of OnStepContext, and ctx without one.
func (f Funcs) StepContext(ctx context.Context, s runner.Service, op runner.Op) context.Context {
	if f.OnStepContext != nil {
		return f.OnStepContext(ctx, s, op)
	}
	return ctx
}
