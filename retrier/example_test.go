package retrier_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// flaky returns a resource whose first attempts to start fail.
func flaky(name string, failures int) runner.Resource {
	return runner.NewResource(name, func(context.Context) error {
		if failures--; failures >= 0 {
			return errors.New("connection refused")
		}
		return nil
	}, nil)
}

type printer struct{}

func (printer) BeforeRetry(_ context.Context, s runner.Service, attempt int) {
	fmt.Printf("%s: attempt %d\n", s.Name(), attempt)
}

func Example() {
	db := retrier.New().
		Backoff(backoff.NewConstantBackOff(time.Millisecond)).
		Reporter(printer{}).
		Build(flaky("db", 2))

	r := runner.NewRunner()
	fmt.Println(r.Run(context.Background(), db))
	fmt.Println(r.Finish(context.Background()))
	// Output:
	// db: attempt 1
	// db: attempt 2
	// db: attempt 3
	// <nil>
	// <nil>
}

func ExampleBuilder_Backoff() {
	twice := backoff.WithMaxRetries(backoff.NewConstantBackOff(time.Millisecond), 2)
	db := retrier.New().Backoff(twice).Build(flaky("db", 100))

	fmt.Println(db.Start(context.Background()))
	// Output: gave up after 3 attempts: connection refused
}

func ExampleBuilder_BackoffFunc() {
	// One Builder for resources that may start at the same time.
	patient := retrier.New().BackoffFunc(func() backoff.BackOff {
		return backoff.NewExponentialBackOff(
			backoff.WithInitialInterval(time.Millisecond),
			backoff.WithMaxElapsedTime(time.Minute),
		)
	})
	db, broker := patient.Build(flaky("db", 1)), patient.Build(flaky("broker", 2))

	fmt.Println(db.Start(context.Background()))
	fmt.Println(broker.Start(context.Background()))
	// Output:
	// <nil>
	// <nil>
}

func ExampleError() {
	wrongPassword := runner.NewResource("db", func(context.Context) error {
		return backoff.Permanent(errors.New("wrong password"))
	}, nil)
	err := retrier.New().Build(wrongPassword).Start(context.Background())

	var gaveUp *retrier.Error
	if errors.As(err, &gaveUp) {
		fmt.Println(gaveUp, gaveUp.Attempts)
	}
	// Output: wrong password 1
}

func ExampleBuilder_BuildJob() {
	failures := 2
	report := retrier.New().
		Backoff(backoff.NewConstantBackOff(time.Millisecond)).
		Reporter(printer{}).
		BuildJob(runner.NewJob("report", func(context.Context) error {
			if failures--; failures >= 0 {
				return errors.New("connection refused")
			}
			return nil
		}))

	r := runner.NewRunner()
	fmt.Println(r.Run(context.Background(), report)) // returns once an attempt has succeeded
	fmt.Println(r.Finish(context.Background()))
	// Output:
	// report: attempt 1
	// report: attempt 2
	// report: attempt 3
	// <nil>
	// <nil>
}
