package observers_test

import (
	"context"
	"errors"
	"syscall"
	"time"

	"github.com/go-fxservices/services/runner"
)

var (
	errRefused = errors.New("connection refused")
	db         = runner.NewResource("db", nil, nil)
	api        = runner.NewServer("api", nil, nil)
)

// lifecycle is the Observer with all that a log is told of.
type lifecycle interface {
	runner.Observer
	runner.ServerFailedObserver
	runner.RetryObserver
}

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
	o.BeforeRetry(ctx, db, 2)
	time.Sleep(time.Second)
	o.AfterStart(ctx, db, nil)
	o.BeforeStop(ctx, api)
	time.Sleep(time.Second)
	o.AfterStop(ctx, api, nil)
	o.SignalReceived(syscall.SIGTERM)
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
