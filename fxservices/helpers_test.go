package fxservices_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

var errBoom = errors.New("boom")

// call is the code of one step of a service.
type call = func(context.Context) error

// inBubble is t.Run with the time of synctest.
func inBubble(t *testing.T, name string, test func(*testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

// journal is what happened, in order.
type journal struct {
	echo io.Writer // gets each line too; nil: nothing does

	mu    sync.Mutex
	lines []string
}

func (j *journal) note(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, fmt.Sprintf(format, args...))
	if j.echo != nil {
		_, _ = fmt.Fprintf(j.echo, format+"\n", args...)
	}
}

// String is all that happened: "start db, stop db".
func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Join(j.lines, ", ")
}

// notes returns a call that notes what it is, and then does what the given calls
// do, until one fails.
func (j *journal) notes(what string, then ...call) call {
	return func(ctx context.Context) error {
		j.note("%s", what)
		for _, do := range then {
			if err := do(ctx); err != nil {
				return err
			}
		}
		return nil
	}
}

// resource returns a Resource that notes its calls; start is what Start does.
func (j *journal) resource(name string, start ...call) runner.Resource {
	return runner.NewResource(name, j.notes("start "+name, start...), j.notes("stop "+name))
}

// stopping returns a Resource that notes its calls; stop is what Stop does.
func (j *journal) stopping(name string, stop ...call) runner.Resource {
	return runner.NewResource(name, j.notes("start "+name), j.notes("stop "+name, stop...))
}

// server returns a Server that listens until its context ends; listen is what
// Listen does instead. It is ready once Listen has been called, so that its events
// have an order.
func (j *journal) server(name string, listen ...call) *server {
	if len(listen) == 0 {
		listen = []call{untilEnd}
	}
	s := &server{listening: make(chan struct{}, 1)}
	heard := func(context.Context) error {
		s.listening <- struct{}{}
		return nil
	}
	s.Server = runner.NewServer(name, j.notes("listen "+name, append([]call{heard}, listen...)...), j.notes("close "+name))
	return s
}

type server struct {
	runner.Server
	listening chan struct{}
}

func (s *server) IsReady(ctx context.Context) error {
	select {
	case <-s.listening:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// untilEnd waits for the end of its context, as a server does whose context is
// all that ends it.
func untilEnd(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// waits returns the error of its context once that has ended.
func waits(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func nothing(context.Context) error { return nil }

// takes lasts d whatever becomes of its context. It is for bubbles.
func takes(d time.Duration) call {
	return func(context.Context) error {
		time.Sleep(d)
		return nil
	}
}

func fails(err error) call { return func(context.Context) error { return err } }

func panics(value any) call { return func(context.Context) error { panic(value) } }

// stuck blocks until the test is over.
func stuck(t *testing.T) call {
	t.Helper()
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	return func(context.Context) error {
		<-over
		return nil
	}
}

// The services of the tests. What each notes goes into the journal of the
// container.
type (
	DB    struct{ runner.Resource }
	Cache struct{ runner.Resource }
	API   struct{ *server }
	Admin struct{ *server }
)

func NewDB(j *journal) *DB                       { return &DB{j.resource("db")} }
func NewCache(j *journal, _ *DB) (*Cache, error) { return &Cache{j.resource("cache")}, nil }
func NewAPI(j *journal) *API                     { return &API{j.server("api")} }
func NewAdmin(j *journal) *Admin                 { return &Admin{j.server("admin")} }

// NewChain is an API that needs a Cache, and so a DB.
func NewChain(j *journal, _ *Cache) *API { return &API{j.server("api")} }

// Named is an interface that is no service.
type Named interface{ Name() string }

// Endpoint is an interface that is no service, of APIs.
type Endpoint interface{ IsReady(context.Context) error }

// Config is a plain value.
type Config struct{ Address string }

// module is a Module without signals: a real one must not get into a bubble.
func module(opts ...fxservices.Option) fx.Option {
	return fxservices.Module(append([]fxservices.Option{fxservices.WithRunner(runner.WithSignals())}, opts...)...)
}

// application makes an application of opts, which logs nothing.
func (j *journal) application(opts ...fx.Option) *fx.App {
	return fx.New(fx.NopLogger, fx.Supply(j), fx.Options(opts...))
}

// build makes an application of a Module and opts.
func (j *journal) build(t *testing.T, opts ...fx.Option) *fx.App {
	t.Helper()
	app := j.application(module(), fx.Options(opts...))
	require.NoError(t, app.Err())
	return app
}

// live starts and stops an application of a Module and opts, and returns what
// happened.
func live(t *testing.T, opts ...fx.Option) string {
	t.Helper()
	j := &journal{}
	app := j.build(t, opts...)
	require.NoError(t, app.Start(t.Context()))
	require.NoError(t, app.Stop(t.Context()))
	return j.String()
}

// refusal returns why an application of a Module and opts cannot be built.
func refusal(t *testing.T, opts ...fx.Option) error {
	t.Helper()
	err := (&journal{}).application(module(), fx.Options(opts...)).Err()
	require.Error(t, err)
	return err
}

// needing invokes a function that needs a T.
func needing[T any]() fx.Option { return fx.Invoke(func(T) {}) }

// location is where a function is, as errors write it: "file:line".
func location(function any) string {
	pc := reflect.ValueOf(function).Pointer()
	file, line := runtime.FuncForPC(pc).FileLine(pc)
	return fmt.Sprintf("%s:%d", file, line)
}
