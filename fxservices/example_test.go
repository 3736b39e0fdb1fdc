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
		fxservices.Provide(NewPostgres, NewGateway), // a Server always runs, and what it needs with it
		fxservices.Module(fxservices.DrainDelay(10*time.Millisecond)),
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
		fxservices.Provide(connect, retrier.New(), runner.StopTimeout(time.Minute)),
		fxservices.Provide(
			fx.Annotate(NewGateway, fx.As(new(runner.Server)), fx.ResultTags(`name:"public"`)),
		),
		fxservices.Module(),
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
		fxservices.Supply(ticker),
		fxservices.Module(),
	)
	startAndStop(app)
	// Output:
	// ticker: closed
}

func ExampleRegister() {
	app := fx.New(
		fx.NopLogger,
		fx.Provide(NewPostgres), // by a library that does not know of services
		fx.Invoke(fxservices.Register[*Postgres]),
		fxservices.Module(),
	)
	startAndStop(app)
	// Output:
	// postgres: connected
	// postgres: disconnected
}

func ExampleObserve() {
	app := fx.New(
		fx.NopLogger,
		fxservices.Supply(NewPostgres()),
		fxservices.Observe(func(r *runner.Runner) runner.Observer { // with what the container has
			return observers.Funcs{
				OnAfterStart: func(_ context.Context, s runner.Service, err error) {
					fmt.Println(s.Name(), "has started, the runner is", r.State())
				},
			}
		}),
		fxservices.Module(),
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
		fxservices.Provide(NewPostgres, NewGateway),
		fx.Invoke(func(lc fx.Lifecycle, down fx.Shutdowner) {
			lc.Append(fx.StartHook(func() error { return down.Shutdown(fx.ExitCode(3)) }))
		}),
		fxservices.Module(),
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

// Report is a Job that needs Postgres.
type Report struct{}

func NewReport(*Postgres) *Report { return &Report{} }

func (*Report) Name() string { return "report" }

func (*Report) Run(context.Context) error {
	fmt.Println("report: written")
	return nil
}

// An application that has Jobs and no Server ends by itself when they are done.
func ExampleProvide_job() {
	err := fxservices.Run(context.Background(),
		fx.NopLogger,
		fxservices.Provide(NewPostgres, NewReport),
		fxservices.Module(),
	)
	fmt.Println(fxservices.ExitCode(err)) // as with fx.New(...).Run()
	// Output:
	// postgres: connected
	// report: written
	// postgres: disconnected
	// 0
}

// Pool is a value that is no service, as *sql.DB is none.
type Pool struct{}

func NewPool() *Pool { return &Pool{} }

func (*Pool) Ping(context.Context) error { fmt.Println("pool: connected"); return nil }
func (*Pool) Close() error               { fmt.Println("pool: closed"); return nil }

func ExampleManage() {
	runPool := func(p *Pool) runner.Resource {
		return runner.NewResource("pool", p.Ping, func(context.Context) error { return p.Close() })
	}
	startAndStop(fx.New(
		fx.NopLogger,
		fxservices.Provide(NewPool, fxservices.Manage(runPool)),
		fx.Invoke(func(*Pool) { fmt.Println("somebody takes the pool") }),
		fxservices.Module(),
	))
	// Output:
	// somebody takes the pool
	// pool: connected
	// pool: closed
}

// Settings are the configuration of a program.
type Settings struct{ StopTimeout time.Duration }

func ExampleConfigure() {
	app := fx.New(
		fx.NopLogger,
		fx.Supply(&Settings{StopTimeout: 2 * time.Second}),
		fxservices.Configure(func(s *Settings) fxservices.Option { return fxservices.StopTimeout(s.StopTimeout) }),
		fxservices.Provide(NewPostgres, NewGateway),
		fxservices.Module(),
	)
	fmt.Println(app.Err())
	// Output: <nil>
}
