package runner_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/go-fxservices/services/runner"
)

func ExampleNewRunner() {
	r := runner.NewRunner(
		runner.WithStartTimeout(10*time.Second),
		runner.WithStopTimeout(20*time.Second),
		runner.WithDrainDelay(5*time.Second),
		runner.WithContinueOnStopError(),
	)
	fmt.Println(r.State())
	// Output: idle
}

// printer is an Observer of starts, states and failures.
type printer struct{ nobody }

func (printer) BeforeStart(_ context.Context, s runner.Service) { fmt.Println("starting", s.Name()) }
func (printer) StateChanged(_ context.Context, s runner.State)  { fmt.Println("state", s) }

func ExampleWithObserver() {
	r := runner.NewRunner(runner.WithObserver(printer{}))
	_ = r.Run(context.Background(), runner.NewResource("db", nil, nil))
	_ = r.Finish(context.Background())
	// Output:
	// state starting
	// starting db
	// state ready
	// state stopping
	// state stopped
}

func ExampleWithSignals() {
	r := runner.NewRunner(runner.WithSignals(syscall.SIGHUP, os.Interrupt))
	_ = r.Run(context.Background(), runner.NewResource("db", nil, nil))
	fmt.Println(r.Finish(context.Background()))
	// Output: <nil>
}

// signals is a Listener of signals that a program sends itself.
type signals chan os.Signal

func (s signals) Receive() <-chan os.Signal { return s }
func (s signals) Stop()                     { fmt.Println("stopped listening") }

func ExampleWithListenerBuilder() {
	l := make(signals)
	r := runner.NewRunner(runner.WithListenerBuilder(func() runner.Listener { return l }))
	ctx := context.Background()
	_ = r.Start(ctx, runner.NewServer("api", nil, logged("close api")))

	l <- os.Interrupt
	fmt.Println(r.Wait(ctx))
	fmt.Println(r.Finish(ctx))
	// Output:
	// <nil>
	// close api
	// stopped listening
	// <nil>
}

func ExampleWithStartTimeout() {
	r := runner.NewRunner(runner.WithStartTimeout(time.Millisecond))
	db := runner.NewResource("db", func(ctx context.Context) error {
		<-ctx.Done()
		return errors.New("no answer")
	}, nil)
	fmt.Println(r.Run(context.Background(), db))
	_ = r.Finish(context.Background())
	// Output: start "db": timed out after 1ms: no answer
}

func ExampleWithStopTimeout() {
	r := runner.NewRunner(runner.WithStopTimeout(time.Millisecond), runner.WithContinueOnStopError())
	_ = r.Run(context.Background(), runner.NewResource("db", nil, func(ctx context.Context) error {
		<-ctx.Done()
		return errors.New("still writing")
	}))
	fmt.Println(r.Finish(context.Background()))
	// Output: stop "db": timed out after 1ms: still writing
}

func ExampleWithContinueOnStopError() {
	r := runner.NewRunner(runner.WithContinueOnStopError())
	full := func(context.Context) error { return errors.New("disk full") }
	_ = r.Run(context.Background(),
		runner.NewResource("db", nil, full), runner.NewResource("cache", nil, logged("stop cache")), runner.NewResource("queue", nil, full))
	fmt.Println(r.Finish(context.Background()))
	// Output:
	// stop cache
	// stop "queue": disk full
	// stop "db": disk full
}

func ExampleWithClosedErrors() {
	errServerClosed := errors.New("server closed") // as http.ErrServerClosed
	r := runner.NewRunner(runner.WithClosedErrors(errServerClosed))
	_ = r.Start(context.Background(), runner.NewServer("api", func(ctx context.Context) error {
		<-ctx.Done()
		return errServerClosed
	}, nil))
	fmt.Println(r.Finish(context.Background()))
	// Output: <nil>
}

func ExampleWithDrainDelay() {
	r := runner.NewRunner(runner.WithDrainDelay(time.Millisecond), runner.WithObserver(printer{}))
	_ = r.Start(context.Background(), runner.NewServer("api", nil, logged("close api")))
	_ = r.Finish(context.Background())
	// Output:
	// state starting
	// starting api
	// state ready
	// state draining
	// state stopping
	// close api
	// state stopped
}

func ExampleWithGracePeriod() {
	r := runner.NewRunner(
		runner.WithGracePeriod(100*time.Millisecond), // 30 s in Kubernetes, unless terminationGracePeriodSeconds says otherwise
		runner.WithContinueOnStopError(),
	)
	ctx := context.Background()
	slow := runner.NewResource("db", nil, func(ctx context.Context) error {
		<-ctx.Done() // its stop timeout would be 15 s
		return ctx.Err()
	})
	_ = r.Run(ctx, runner.NewResource("log", nil, logged("close the log")), slow)
	fmt.Println(r.Finish(ctx))
	// Output:
	// close the log
	// stop "db": grace period is over: context canceled
}

// planner is an Observer of grace periods.
type planner struct{ nobody }

func (planner) GracePeriodTooShort(_ context.Context, need, have time.Duration, chain []runner.Service) {
	fmt.Printf("stopping may take %v of %v:", need, have)
	for _, s := range chain {
		fmt.Print(" ", s.Name())
	}
	fmt.Println()
}

func ExampleGracePeriodObserver() {
	r := runner.NewRunner(runner.WithGracePeriod(30*time.Second), runner.WithObserver(planner{}))
	ctx := context.Background()
	_ = r.Start(ctx,
		runner.NewResource("db", nil, nil),
		runner.With(runner.NewServer("api", nil, nil), runner.StopTimeout(20*time.Second)))
	_ = r.Finish(ctx)
	// Output: stopping may take 35s of 30s: api db
}

// traceKey is the key of the span in a context.
type traceKey struct{}

// tracer is an Observer that gives each call a span of its own, as a tracer of OpenTelemetry does.
type tracer struct{ nobody }

func (tracer) StepContext(ctx context.Context, s runner.Service, op runner.Op) context.Context {
	return context.WithValue(ctx, traceKey{}, fmt.Sprintf("%s %s", op, s.Name()))
}

func ExampleStepObserver() {
	query := func(ctx context.Context) error {
		fmt.Println("query in span:", ctx.Value(traceKey{}))
		return nil
	}
	r := runner.NewRunner(runner.WithObserver(tracer{}))
	ctx := context.Background()
	_ = r.Run(ctx, runner.NewResource("db", query, query))
	_ = r.Finish(ctx)
	// Output:
	// query in span: start db
	// query in span: stop db
}
