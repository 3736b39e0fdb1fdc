package fxservices_test

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// Postgres is a Resource.
type Postgres struct{}

func NewPostgres() *Postgres { return &Postgres{} }

func (*Postgres) Name() string { return "postgres" }

func (*Postgres) Start(context.Context) error {
	fmt.Println("postgres: connected")
	return nil
}

func (*Postgres) Stop(context.Context) error {
	fmt.Println("postgres: disconnected")
	return nil
}

// Gateway is a Server that needs Postgres.
type Gateway struct{}

func NewGateway(*Postgres) *Gateway { return &Gateway{} }

func (*Gateway) Name() string { return "gateway" }

// Listen serves in the background.
func (*Gateway) Listen(context.Context) error { return nil }

func (*Gateway) Close(context.Context) error {
	fmt.Println("gateway: closed")
	return nil
}

// startAndStop does what fx.App.Run does, without the wait for a signal.
func startAndStop(app *fx.App) {
	ctx := context.Background()
	if err := errors.Join(app.Start(ctx), app.Stop(ctx)); err != nil {
		fmt.Println(err)
	}
}

func Example() {
	app := fx.New(
		fx.NopLogger,
		fxservices.Module(fxservices.DrainDelay(10*time.Millisecond)),
		fxservices.Provide(NewPostgres, NewGateway), // a Server always runs, and what it needs with it
	)
	startAndStop(app) // instead of app.Run()
	// Output:
	// postgres: connected
	// gateway: closed
	// postgres: disconnected
}

func ExampleModule() {
	app := fx.New(
		fx.NopLogger,
		fxservices.Module(
			fxservices.StartTimeout(5*time.Second), // of each service
			fxservices.StopTimeout(10*time.Second), // of each service
			fxservices.WithRunner(runner.WithSignals(syscall.SIGTERM)),
		),
		fx.StartTimeout(time.Minute), // of the application
		fx.Invoke(func(lc fx.Lifecycle, r *runner.Runner) {
			lc.Append(fx.StartHook(func() { fmt.Println("the runner is", r.State()) }))
			lc.Append(fx.StopHook(func() { fmt.Println("the runner is", r.State()) }))
		}),
	)
	startAndStop(app)
	// Output:
	// the runner is starting
	// the runner is stopping
}

func ExampleProvide() {
	connect := func() (*Postgres, error) { return NewPostgres(), nil }
	app := fx.New(
		fx.NopLogger,
		fxservices.Module(),
		fxservices.Provide(connect, retrier.New(), runner.StopTimeout(time.Minute)),
		fxservices.Provide(
			fx.Annotate(NewGateway, fx.As(new(runner.Server)), fx.ResultTags(`name:"public"`)),
		),
	)
	startAndStop(app)
	// Output:
	// postgres: connected
	// gateway: closed
	// postgres: disconnected
}

func ExampleProvide_error() {
	newConfig := func() *time.Location { return time.UTC }
	err := fx.New(fx.NopLogger, fxservices.Module(), fxservices.Provide(newConfig)).Err()
	fmt.Println(errors.Is(err, runner.ErrInvalidServiceType))
	// Output:
	// true
}

func ExampleSupply() {
	ticker := runner.NewServer("ticker",
		func(ctx context.Context) error { <-ctx.Done(); return nil },
		func(context.Context) error { fmt.Println("ticker: closed"); return nil })
	app := fx.New(
		fx.NopLogger,
		fxservices.Module(),
		fxservices.Supply(ticker),
	)
	startAndStop(app)
	// Output:
	// ticker: closed
}

func ExampleRegister() {
	app := fx.New(
		fx.NopLogger,
		fxservices.Module(),
		fx.Provide(NewPostgres), // by a library that does not know of services
		fx.Invoke(fxservices.Register[*Postgres]),
	)
	startAndStop(app)
	// Output:
	// postgres: connected
	// postgres: disconnected
}

func ExampleObserve() {
	app := fx.New(
		fx.NopLogger,
		fxservices.Module(),
		fxservices.Supply(NewPostgres()),
		fxservices.Observe(func(r *runner.Runner) runner.Observer { // with what the container has
			return observers.Funcs{
				OnAfterStart: func(_ context.Context, s runner.Service, err error) {
					fmt.Println(s.Name(), "has started, the runner is", r.State())
				},
			}
		}),
	)
	startAndStop(app)
	// Output:
	// postgres: connected
	// postgres has started, the runner is starting
	// postgres: disconnected
}

func ExampleRun() {
	err := fxservices.Run(context.Background(),
		fx.NopLogger,
		fxservices.Module(),
		fxservices.Provide(NewPostgres, NewGateway),
		fx.Invoke(func(lc fx.Lifecycle, down fx.Shutdowner) {
			lc.Append(fx.StartHook(func() error { return down.Shutdown(fx.ExitCode(3)) }))
		}),
	)
	fmt.Println(err)
	fmt.Println(fxservices.ExitCode(err))
	// Output:
	// postgres: connected
	// gateway: closed
	// postgres: disconnected
	// shut down with exit code 3
	// 3
}

func ExampleExitCode() {
	fmt.Println(fxservices.ExitCode(nil)) // also after a signal that was handled gracefully
	fmt.Println(fxservices.ExitCode(errors.New("no such table")))
	fmt.Println(fxservices.ExitCode(&runner.SignalError{Signal: syscall.SIGTERM}))
	// Output:
	// 0
	// 1
	// 143
}
