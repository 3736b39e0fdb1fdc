package observers_test

import (
	"context"
	"errors"
	"syscall"
	"time"

	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

var (
	errRefused = errors.New("connection refused")
	db         = runner.NewResource("db", nil, nil)
	api        = runner.NewServer("api", nil, nil)
)

// lifecycle is an Observer with all events that a log has lines for.
type lifecycle interface {
	runner.Observer
	runner.ServerFailedObserver
	runner.ServiceFailedObserver
	runner.RetryObserver
	runner.RetryFailedObserver
	runner.StateObserver
	runner.QueueObserver
	runner.JobObserver
	runner.GracePeriodObserver
}

var (
	_ lifecycle = (*observers.Zap)(nil)
	_ lifecycle = (*observers.Slog)(nil)
)

// importer is a Job.
type importer struct{}

func (importer) Name() string              { return "import" }
func (importer) Run(context.Context) error { return nil }

// config is Configurable without being a Service.
type config struct{}

func (*config) Load(context.Context) error { return nil }

// tellAll tells o of each event once, with a second between each Before and its
// After.
func tellAll(ctx context.Context, o lifecycle) {
	o.BeforeLoad(ctx, &config{})
	time.Sleep(time.Second)
	o.AfterLoad(ctx, &config{}, nil)
	o.BeforeStart(ctx, db)
	o.BeforeRetry(ctx, db, 1)
	o.RetryFailed(ctx, db, 1, errRefused, time.Minute)
	o.BeforeRetry(ctx, db, 2)
	time.Sleep(time.Second)
	o.AfterStart(ctx, db, nil)
	o.BeforeStop(ctx, api)
	time.Sleep(time.Second)
	o.AfterStop(ctx, api, nil)
	o.SignalReceived(syscall.SIGTERM)
	o.BeforeStart(ctx, importer{})
	time.Sleep(time.Minute)
	o.JobDone(ctx, importer{}, nil)
	o.GracePeriodTooShort(ctx, time.Minute, time.Second, []runner.Service{api, db})
}

// failAll tells o of each failure once, with a second between each Before and
// its After.
func failAll(ctx context.Context, o lifecycle) {
	loads := &config{}
	o.BeforeLoad(ctx, loads)
	time.Sleep(time.Second)
	o.AfterLoad(ctx, loads, errRefused)
	o.BeforeStart(ctx, db)
	time.Sleep(time.Second)
	o.AfterStart(ctx, db, errRefused)
	o.ServerFailed(ctx, api, errRefused)
	o.ServiceFailed(ctx, db, errRefused)
	o.JobDone(ctx, importer{}, errRefused)
	o.BeforeStop(ctx, db)
	time.Sleep(time.Second)
	o.AfterStop(ctx, db, errRefused)
}

// abandoned and panicked are the errors that carry a stack.
var (
	abandoned = &runner.ServiceError{Op: runner.OpStop, Name: "db", Service: db, Err: &runner.TimeoutError{
		Reason: runner.ErrStopTimeout, Budget: time.Second, Elapsed: time.Second, Abandoned: true,
		Stack: []byte("goroutine 7"),
	}}
	panicked = &runner.ServiceError{Op: runner.OpStart, Name: "db", Service: db, Err: &runner.PanicError{
		Value: "boom", Stack: []byte("goroutine 8"),
	}}
)
