package runner_test

import (
	"context"
	"fmt"

	"github.com/go-fxservices/services/internal/layers"
	"github.com/go-fxservices/services/runner"
)

func ExampleWithConcurrency() {
	greetings := make(chan string)
	kafka := runner.NewResource("kafka", func(context.Context) error {
		greetings <- "kafka"
		return nil
	}, nil)
	redis := runner.NewResource("redis", func(context.Context) error {
		fmt.Println("redis starts while", <-greetings, "does")
		return nil
	}, nil)

	r := runner.NewRunner(runner.WithConcurrency(0)) // any number at the same time
	fmt.Println(r.Run(context.Background(), kafka, redis))
	fmt.Println(r.Finish(context.Background()))
	// Output:
	// redis starts while kafka does
	// <nil>
	// <nil>
}

func ExampleAfter() {
	db := runner.NewResource("db", logged("start db"), logged("stop db"))
	cache := runner.With(
		runner.NewResource("cache", logged("start cache"), logged("stop cache")),
		runner.After(db),
	)
	r := runner.NewRunner(runner.WithConcurrency(0))
	fmt.Println(r.Run(context.Background(), cache, db)) // in any order
	fmt.Println(r.Finish(context.Background()))
	// Output:
	// start db
	// start cache
	// <nil>
	// stop cache
	// stop db
	// <nil>
}

func ExampleBarrier() {
	migrations := runner.With(
		runner.NewResource("migrations", logged("start migrations"), logged("stop migrations")),
		runner.Barrier("whatever follows uses the tables"),
	)
	r := runner.NewRunner(runner.WithConcurrency(0))
	fmt.Println(r.Run(context.Background(),
		runner.NewResource("db", logged("start db"), logged("stop db")),
		migrations,
		runner.NewResource("cache", logged("start cache"), logged("stop cache")),
	))
	fmt.Println(r.Finish(context.Background()))
	// Output:
	// start db
	// start migrations
	// start cache
	// <nil>
	// stop cache
	// stop migrations
	// stop db
	// <nil>
}

func ExampleDependenciesOf() {
	db := runner.NewResource("db", nil, nil)
	cache := runner.With(runner.NewResource("cache", nil, nil), runner.After(db))
	for _, needed := range layers.DependenciesOf(cache) {
		fmt.Println(cache.Name(), "starts after", needed.Name())
	}
	// Output: cache starts after db
}

func ExampleBarrierOf() {
	migrations := runner.With(runner.NewResource("migrations", nil, nil), runner.Barrier("they change the tables"))
	fmt.Println(layers.BarrierOf(migrations))
	// Output: they change the tables true
}
