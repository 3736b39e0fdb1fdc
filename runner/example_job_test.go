package runner_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-fxservices/services/runner"
)

func ExampleNewJob() {
	r := runner.NewRunner()
	ctx := context.Background()
	db := runner.NewResource("db", logged("start db"), logged("stop db"))
	report := runner.NewJob("report", logged("write report"))

	fmt.Println(r.Run(ctx, db, report)) // returns once the Job is done
	fmt.Println(r.Finish(ctx))
	// Output:
	// start db
	// write report
	// <nil>
	// stop db
	// <nil>
}

func ExampleJob() {
	r := runner.NewRunner()
	ctx := context.Background()
	api := runner.NewServer("api", nil, logged("close api"))
	orders := runner.NewJob("import", func(context.Context) error { return errors.New("no such file") })

	fmt.Println(r.Run(ctx, api, orders)) // a Job that fails ends the Run, Servers included
	fmt.Println(r.Finish(ctx))
	// Output:
	// close api
	// run "import": no such file
	// <nil>
}

// jobLog is an Observer that prints the ends of Jobs.
type jobLog struct{ nobody }

func (jobLog) JobDone(_ context.Context, job runner.Job, err error) {
	fmt.Println(job.Name(), "is done:", err)
}

func ExampleJobObserver() {
	r := runner.NewRunner(runner.WithObserver(jobLog{}))
	fmt.Println(r.Run(context.Background(), runner.NewJob("report", nil)))
	_ = r.Finish(context.Background())
	// Output:
	// report is done: <nil>
	// <nil>
}

// lease is a Resource that can be lost.
type lease struct {
	runner.Resource
	lost chan error
}

func (l *lease) Failed() <-chan error { return l.lost }

func ExampleFailureReporter() {
	r := runner.NewRunner()
	ctx := context.Background()
	leader := &lease{runner.NewResource("lease", nil, logged("release")), make(chan error, 1)}
	api := runner.NewServer("api", func(ctx context.Context) error {
		leader.lost <- errors.New("another process has it")
		<-ctx.Done()
		return nil
	}, logged("close api"))

	fmt.Println(r.Run(ctx, leader, api))
	fmt.Println(r.Finish(ctx))
	// Output:
	// close api
	// run "lease": another process has it
	// release
	// <nil>
}

func ExampleRunner_Shutdown() {
	r := runner.NewRunner()
	ctx := context.Background()
	errLicense := errors.New("the license has expired")
	api := runner.NewServer("api", func(ctx context.Context) error {
		r.Shutdown(errLicense) // any code may call it, and it returns at once
		<-ctx.Done()
		return nil
	}, logged("close api"))

	fmt.Println(errors.Is(r.Run(ctx, api), errLicense))
	fmt.Println(r.Finish(ctx))
	// Output:
	// close api
	// true
	// <nil>
}

func ExampleRunner_Ready() {
	r := runner.NewRunner()
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-r.Ready()
		fmt.Println("all is up")
		cancel()
	}()

	fmt.Println(r.Run(ctx, runner.NewResource("db", logged("start db"), nil), runner.NewServer("api", nil, nil)))
	_ = r.Finish(ctx)
	// Output:
	// start db
	// all is up
	// context canceled
}
