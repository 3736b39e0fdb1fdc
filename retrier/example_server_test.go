package retrier_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v4"

	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// dropping returns a consumer that loses its connection the first times.
func dropping(name string, failures int) runner.Server {
	return runner.NewServer(name, func(ctx context.Context) error {
		if failures--; failures >= 0 {
			return errors.New("connection lost")
		}
		fmt.Println("consuming")
		return nil // in the background, until Close
	}, nil)
}

func ExampleBuilder_Restarts() {
	orders := retrier.New().
		Backoff(backoff.NewConstantBackOff(time.Millisecond)).
		Restarts(3, time.Minute).
		Reporter(printer{}).
		BuildServer(dropping("orders", 2))

	fmt.Println(orders.Listen(context.Background()))
	// Output:
	// orders: attempt 1
	// orders: attempt 2
	// orders: attempt 3
	// consuming
	// <nil>
}

func ExampleBuilder_BuildServer() {
	orders := retrier.New().
		Backoff(backoff.NewConstantBackOff(time.Millisecond)).
		Restarts(3, time.Minute).
		BuildServer(dropping("orders", 100))

	r := runner.NewRunner()
	fmt.Println(r.Run(context.Background(), orders))
	fmt.Println(r.Finish(context.Background()))
	// Output:
	// listen "orders": gave up after 4 attempts: connection lost
	// <nil>
}

func ExampleServer_IsReady() {
	listening, lost, pausing := make(chan struct{}), make(chan struct{}), make(chan struct{})
	orders := retrier.New().
		Backoff(backoff.NewConstantBackOff(time.Hour)).
		Restarts(3, 24*time.Hour).
		Reporter(observers.Funcs{
			OnRetryFailed: func(context.Context, runner.Service, int, error, time.Duration) { close(pausing) },
		}).
		BuildServer(runner.NewServer("orders", func(context.Context) error {
			close(listening)
			<-lost
			return errors.New("connection lost")
		}, nil))
	result := make(chan error)
	go func() { result <- orders.Listen(context.Background()) }()

	<-listening
	fmt.Println(orders.IsReady(context.Background()))
	close(lost)
	<-pausing
	fmt.Println(orders.IsReady(context.Background()))
	fmt.Println(orders.Close(context.Background()), <-result)
	// Output:
	// <nil>
	// not listening: connection lost
	// <nil> <nil>
}
