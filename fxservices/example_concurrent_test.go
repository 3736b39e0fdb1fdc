package fxservices_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/runner"
)

// Migrations is a Resource that makes the tables of Postgres.
type Migrations struct{ runner.Resource }

func NewMigrations(*Postgres) *Migrations {
	return &Migrations{runner.NewResource("migrations", func(context.Context) error {
		fmt.Println("migrations: applied")
		return nil
	}, nil)}
}

func ExampleConcurrent() {
	greetings := make(chan string)
	kafka := runner.NewResource("kafka", func(context.Context) error {
		greetings <- "kafka"
		return nil
	}, nil)
	redis := runner.NewResource("redis", func(context.Context) error {
		fmt.Println("redis starts while", <-greetings, "does")
		return nil
	}, nil)
	app := fx.New(
		fx.NopLogger,
		fxservices.Supply(kafka, redis),
		fxservices.Module(fxservices.Concurrent()),
	)
	startAndStop(app)
	// Output: redis starts while kafka does
}

func ExampleConcurrent_limit() {
	app := fx.New(
		fx.NopLogger,
		fxservices.Provide(NewPostgres, NewGateway),
		fxservices.Module(fxservices.Concurrent(4)), // at most four services start at the same time
	)
	startAndStop(app)
	// Output:
	// postgres: connected
	// gateway: closed
	// postgres: disconnected
}

func ExampleAfter() {
	app := fx.New(
		fx.NopLogger,
		fxservices.Provide(NewPostgres, NewMigrations),
		fxservices.Provide(NewGateway, fxservices.After[*Migrations]()), // it uses the tables
		fxservices.Module(fxservices.Concurrent()),
	)
	startAndStop(app)
	// Output:
	// postgres: connected
	// migrations: applied
	// gateway: closed
	// postgres: disconnected
}

func ExampleOrder() {
	var order *fxservices.Order
	app := fx.New(
		fx.NopLogger,
		fxservices.Provide(NewPostgres, NewMigrations),
		fxservices.Provide(NewGateway, fxservices.After[*Migrations]()),
		fxservices.Supply(runner.With(runner.NewServer("admin", nil, nil), runner.Barrier("it needs all the others"))),
		fx.Populate(&order),
		fxservices.Module(fxservices.Concurrent()),
	)
	startAndStop(app)
	fmt.Print(order)
	// Output:
	// postgres: connected
	// migrations: applied
	// gateway: closed
	// postgres: disconnected
	// postgres: at once
	// migrations: after postgres
	// gateway: after postgres, migrations
	// admin: a barrier: it needs all the others
}

func ExampleTimeline() {
	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	picture := filepath.Join(folder, "start.svg")

	var tl *timeline.Timeline
	app := fx.New(
		fxservices.Timeline(picture), // first: the recording begins here
		fx.NopLogger,
		fxservices.Provide(NewPostgres, NewGateway),
		fx.Populate(&tl), // for more than files
		fxservices.Module(fxservices.Concurrent()),
	)
	startAndStop(app)
	for _, service := range tl.Snapshot().Services {
		fmt.Println(service.Kind, service.Name, "starts after", service.After)
	}
	svg, err := os.ReadFile(picture)
	fmt.Println(bytes.HasPrefix(svg, []byte("<svg ")), err)
	// Output:
	// postgres: connected
	// gateway: closed
	// postgres: disconnected
	// resource postgres starts after []
	// server gateway starts after [0]
	// true <nil>
}
