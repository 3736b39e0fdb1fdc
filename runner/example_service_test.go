package runner_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/go-fxservices/services/internal/layers"
	"github.com/go-fxservices/services/runner"
)

// pinged is a Resource that is healthy.
type pinged struct{ runner.Resource }

func (pinged) IsHealthy(context.Context) error { return nil }

func ExampleAs() {
	db := runner.With(pinged{runner.NewResource("db", nil, nil)}, runner.StopTimeout(time.Second))

	_, direct := db.(runner.HealthChecker)
	checker, found := runner.As[runner.HealthChecker](db)
	fmt.Println(direct, found, checker.IsHealthy(context.Background()))
	// Output: false true <nil>
}

func ExampleInnermost() {
	db := runner.NewResource("db", nil, nil)
	fmt.Println(layers.Innermost(runner.With(db)) == db)
	// Output: true
}

func ExampleWith() {
	ctx := context.Background()
	r := runner.NewRunner()
	slow := runner.NewResource("slow", func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	}, nil)
	fmt.Println(r.Run(ctx, runner.With(slow, runner.StartTimeout(time.Millisecond))))
	_ = r.Finish(ctx)
	// Output: start "slow": timed out after 1ms: context deadline exceeded
}

func ExampleKindOf() {
	fmt.Println(runner.KindOf(runner.NewResource("db", nil, nil)))
	fmt.Println(runner.KindOf(runner.With(runner.NewServer("api", nil, nil))))
	// Output:
	// resource
	// server
}

func ExampleNameOf() {
	fmt.Println(runner.NameOf(runner.NewResource("db", nil, nil)))
	fmt.Println(runner.NameOf(runner.NewResource("", nil, nil)))
	fmt.Println(runner.NameOf(nil))
	// Output:
	// db
	// *runner.resourceFuncs
	// <nil>
}

func ExampleServiceError() {
	r := runner.NewRunner()
	err := r.Run(context.Background(), runner.NewResource("db", func(context.Context) error { return os.ErrPermission }, nil))
	var failed *runner.ServiceError
	if errors.As(err, &failed) {
		fmt.Println(failed.Op, failed.Name, errors.Is(err, os.ErrPermission))
	}
	_ = r.Finish(context.Background())
	// Output: start db true
}

func ExampleTimeoutError() {
	r := runner.NewRunner(runner.WithStopTimeout(time.Millisecond), runner.WithContinueOnStopError())
	release := make(chan struct{})
	_ = r.Run(context.Background(), runner.NewResource("db", nil, func(context.Context) error {
		<-release // whatever becomes of its context
		return nil
	}))
	err := r.Finish(context.Background())
	var timeout *runner.TimeoutError
	if errors.As(err, &timeout) {
		fmt.Println(errors.Is(err, runner.ErrStopTimeout), timeout.Abandoned, len(timeout.Stack) > 0)
	}
	close(release)
	// Output: true true true
}

func ExamplePanicError() {
	r := runner.NewRunner()
	err := r.Run(context.Background(), runner.NewResource("db", func(context.Context) error { panic("no password") }, nil))
	fmt.Println(err)
	var panicked *runner.PanicError
	fmt.Println(errors.As(err, &panicked) && len(panicked.Stack) > 0)
	_ = r.Finish(context.Background())
	// Output:
	// start "db": panic: no password
	// true
}
