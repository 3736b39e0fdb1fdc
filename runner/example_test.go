package runner_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-fxservices/services/runner"
)

// logged returns a function that prints what it is.
func logged(what string) func(context.Context) error {
	return func(context.Context) error {
		fmt.Println(what)
		return nil
	}
}

func Example() {
	r := runner.NewRunner()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	postgres := runner.NewResource("postgres", logged("start postgres"), logged("stop postgres"))
	if err := r.Run(ctx, postgres); err != nil { // returns once it is started
		fmt.Println(err)
		return
	}
	api := runner.NewServer("api", func(ctx context.Context) error {
		fmt.Println("api listens")
		cancel() // in place of a signal
		<-ctx.Done()
		return nil
	}, logged("close api"))
	fmt.Println(r.Run(ctx, api)) // blocks until the program has to end
	fmt.Println(r.Finish(ctx))
	// Output:
	// start postgres
	// api listens
	// close api
	// context canceled
	// stop postgres
	// <nil>
}

func ExampleRunner_Run() {
	r := runner.NewRunner()
	ctx := context.Background()
	db := runner.NewResource("db", logged("start db"), logged("stop db"))
	cache := runner.NewResource("cache", func(context.Context) error { return errors.New("connection refused") }, nil)

	fmt.Println(r.Run(ctx, db, cache))
	fmt.Println(r.Finish(ctx))
	// Output:
	// start db
	// stop db
	// start "cache": connection refused
	// <nil>
}

func ExampleRunner_Finish() {
	r := runner.NewRunner()
	ctx := context.Background()
	db := runner.NewResource("db", logged("start db"), logged("stop db"))
	cache := runner.NewResource("cache", logged("start cache"), logged("stop cache"))

	_ = r.Run(ctx, db, cache)
	fmt.Println(r.Finish(ctx))
	// Output:
	// start db
	// start cache
	// stop cache
	// stop db
	// <nil>
}

func ExampleRunner_Start() {
	r := runner.NewRunner()
	ctx := context.Background()
	db := runner.NewResource("db", logged("start db"), logged("stop db"))
	api := runner.NewServer("api", nil, logged("close api"))

	fmt.Println(r.Start(ctx, db, api)) // the server goes on in the background
	fmt.Println(r.Finish(ctx))
	// Output:
	// start db
	// <nil>
	// close api
	// stop db
	// <nil>
}

func ExampleRunner_Stop() {
	r := runner.NewRunner()
	ctx := context.Background()
	db := runner.NewResource("db", nil, logged("stop db"))
	cache := runner.NewResource("cache", nil, logged("stop cache"))
	_ = r.Run(ctx, db, cache)

	fmt.Println(r.Stop(ctx, cache))
	fmt.Println(r.Stop(ctx, cache))
	fmt.Println(r.Finish(ctx))
	// Output:
	// stop cache
	// <nil>
	// service 1, "cache": not started
	// stop db
	// <nil>
}

func ExampleRunner_Wait() {
	r := runner.NewRunner()
	ctx := context.Background()
	fails := make(chan error)
	api := runner.NewServer("api", func(context.Context) error { return <-fails }, nil)
	_ = r.Start(ctx, api)

	fails <- errors.New("address already in use")
	fmt.Println(r.Wait(ctx))
	fmt.Println(r.Finish(ctx))
	// Output:
	// listen "api": address already in use
	// <nil>
}

func ExampleRunner_Services() {
	r := runner.NewRunner()
	ctx := context.Background()
	_ = r.Start(ctx, runner.NewResource("db", nil, nil), runner.NewServer("api", nil, nil))
	for _, service := range r.Services() {
		fmt.Println(service.Kind, service.Name, service.State)
	}
	_ = r.Finish(ctx)
	// Output:
	// resource db ready
	// server api ready
}

func ExampleRunner_State() {
	r := runner.NewRunner()
	fmt.Println(r.State())
	_ = r.Run(context.Background(), runner.NewResource("db", nil, nil))
	fmt.Println(r.State())
	_ = r.Finish(context.Background())
	fmt.Println(r.State())
	// Output:
	// idle
	// ready
	// stopped
}

func ExampleNewResource() {
	db := runner.NewResource("db", logged("connect"), logged("disconnect"))
	fmt.Println(runner.KindOf(db), db.Name())
	// Output: resource db
}

func ExampleNewServer() {
	// A consumer that needs no more than the end of its context.
	consumer := runner.NewServer("consumer", func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	}, nil)
	fmt.Println(runner.KindOf(consumer), consumer.Name())
	// Output: server consumer
}
