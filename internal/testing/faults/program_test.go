//go:build unix

package faults_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// tooLong is longer than any scenario lasts, however busy the machine is.
const tooLong = time.Minute

// program plays one scenario in one way. It says what happens on standard output,
// and why it has ended on standard error.
type program struct {
	scenario scenario
	way      way
	signal   syscall.Signal // that it will be sent

	mu      sync.Mutex
	moments map[string]chan struct{} // closed once it has said the line
}

// play is what the process of a program does. It returns the exit code.
func play(text string) int {
	time.AfterFunc(tooLong, func() { panic("this takes too long") }) // with the stacks of all goroutines
	var k key
	if err := json.Unmarshal([]byte(text), &k); err != nil {
		panic(err)
	}
	named := slices.IndexFunc(scenarios[k.Group], func(s scenario) bool { return s.name == k.Name })
	p := &program{scenario: scenarios[k.Group][named], way: k.Way, signal: k.Signal, moments: map[string]chan struct{}{}}
	code := p.run()
	p.observed("the end")
	return code
}

func (p *program) run() int {
	switch p.way {
	case plain:
		if err := p.runPlain(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return 0
	case byFx:
		fx.New(p.application(fx.WithLogger(func() fxevent.Logger { return errorLogger{} }))).Run() // exits itself, but for code 0
		return 0
	default:
		err := fxservices.Run(context.Background(), p.application(fx.NopLogger))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		return fxservices.ExitCode(err)
	}
}

// runPlain is the program that the README shows.
func (p *program) runPlain(ctx context.Context) (err error) {
	db := newDB(p)
	cache := newCache(p, db)
	api := newAPI(p, cache)
	worker := newWorker(p, api)

	r := runner.NewRunner(append(p.options(), runner.WithContinueOnStopError(), runner.WithObserver(observer{p, new(observed)}))...)
	defer func() { err = errors.Join(err, r.Finish(ctx)) }()
	if err := r.Run(ctx, p.with(db), p.with(p.retried(cache))); err != nil {
		return err
	}
	if p.scenario.does["between"] != nil {
		p.say("between")
		_ = r.Wait(ctx)
	}
	return r.Run(ctx, p.with(api), p.with(worker))
}

func (p *program) with(s runner.Service) runner.Service {
	return runner.With(s, p.scenario.within[s.Name()]...)
}

func (p *program) retried(s runner.Resource) runner.Service {
	if p.scenario.retried {
		return retrier.New().Build(s)
	}
	return s
}

// application is the same program for fx.
func (p *program) application(logger fx.Option) fx.Option {
	startTimeout := fx.Options()
	if d := p.scenario.startTimeout; d > 0 {
		startTimeout = fx.StartTimeout(d)
	}
	return fx.Options(
		logger,
		fx.Supply(p),
		fxservices.Module(fxservices.WithRunner(p.options()...)),
		startTimeout,
		p.provide("db", newDB), p.provide("cache", newCache), p.provide("api", newAPI), p.provide("worker", newWorker),
		fxservices.Observe(observer{p, new(observed)}),
	)
}

func (p *program) provide(name string, constructor any) fx.Option {
	args := []any{constructor}
	for _, setting := range p.scenario.within[name] {
		args = append(args, setting)
	}
	if name == "cache" && p.scenario.retried {
		args = append(args, retrier.New())
	}
	return fxservices.Provide(args...)
}

// options are those that the Runner has in every way.
func (p *program) options() []runner.StarterOption {
	opts := []runner.StarterOption{runner.WithDrainDelay(time.Duration(p.scenario.drain))}
	if p.scenario.listens != nil {
		opts = append(opts, runner.WithSignals(p.scenario.listens...))
	}
	return opts
}

// hears reports whether the Runner listens for the signal that is sent.
func (p *program) hears() bool {
	if p.scenario.listens == nil {
		return slices.Contains(runner.DefaultSignals, os.Signal(p.signal))
	}
	return slices.Contains(p.scenario.listens, os.Signal(p.signal))
}

// errorLogger logs the errors of fx.
type errorLogger struct{}

// LogEvent implements [fxevent.Logger].
func (errorLogger) LogEvent(event fxevent.Event) {
	var err error
	switch event := event.(type) {
	case *fxevent.Started:
		err = event.Err
	case *fxevent.Stopped:
		err = event.Err
	case *fxevent.RolledBack:
		err = event.Err
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}
