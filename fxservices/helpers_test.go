package fxservices_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"

	"github.com/go-fxservices/services/fxservices"
	shared "github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/runner"
)

var errBoom = errors.New("boom")

// inBubble is t.Run with the time of synctest.
func inBubble(t *testing.T, name string, test func(*testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

// journal adds what the tests of applications need to the journal of all tests.
type journal struct{ shared.Journal }

// newEcho returns a journal for a process whose standard output its parent reads.
func newEcho() *journal { return &journal{shared.Journal{Echo: os.Stdout}} }

// call is the code of one step of a service.
type call = shared.Step

var (
	nothing  = shared.Nothing
	untilEnd = shared.UntilEnd
	waits    = shared.Waits
	fails    = shared.Fails
	panics   = shared.Panics
	takes    = shared.Takes
	stuck    = shared.Stuck
)

// The services of the tests. What each notes goes into the journal of the
// container.
type (
	DB    struct{ runner.Resource }
	Cache struct{ runner.Resource }
	API   struct{ *shared.Server }
	Admin struct{ *shared.Server }

	Import struct{ runner.Job }
)

func NewDB(j *journal) *DB                       { return &DB{j.Resource("db")} }
func NewCache(j *journal, _ *DB) (*Cache, error) { return &Cache{j.Resource("cache")}, nil }
func NewAPI(j *journal) *API                     { return &API{j.Server("api")} }
func NewAdmin(j *journal) *Admin                 { return &Admin{j.Server("admin")} }

// NewImport is done at once.
func NewImport(j *journal, _ *DB) *Import { return &Import{j.Job("import")} }

// NewChain is an API that needs a Cache, and so a DB.
func NewChain(j *journal, _ *Cache) *API { return &API{j.Server("api")} }

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

// logger hears the events of fx.
type logger func(fxevent.Event)

func (l logger) LogEvent(event fxevent.Event) { l(event) }

// needing invokes a function that needs a T.
func needing[T any]() fx.Option { return fx.Invoke(func(T) {}) }

// location is where a function is, as errors write it: "file:line".
func location(function any) string {
	pc := reflect.ValueOf(function).Pointer()
	file, line := runtime.FuncForPC(pc).FileLine(pc)
	return fmt.Sprintf("%s:%d", file, line)
}

// linesOf returns the lines of a journal that was written down.
func linesOf(text string) []string { return strings.Split(text, ", ") }

// nameAndLocation is the name of a function and where it is, as errors write it.
func nameAndLocation(function any) string {
	return runtime.FuncForPC(reflect.ValueOf(function).Pointer()).Name() + " (" + location(function) + ")"
}
