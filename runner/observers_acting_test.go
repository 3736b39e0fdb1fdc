package runner_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/retryevents"
	"github.com/go-fxservices/services/runner"
)

// acting is an Observer that does something the first time it is told of one event.
type acting struct {
	event string
	acted atomic.Bool // sync.Once would block what it does from hearing of more
	act   func()
}

func (a *acting) told(event string) {
	if event == a.event && a.acted.CompareAndSwap(false, true) {
		a.act()
	}
}

func (a *acting) BeforeStart(context.Context, runner.Service)           { a.told("BeforeStart") }
func (a *acting) AfterStart(context.Context, runner.Service, error)     { a.told("AfterStart") }
func (a *acting) BeforeStop(context.Context, runner.Service)            { a.told("BeforeStop") }
func (a *acting) AfterStop(context.Context, runner.Service, error)      { a.told("AfterStop") }
func (a *acting) BeforeLoad(context.Context, runner.Configurable)       { a.told("BeforeLoad") }
func (a *acting) AfterLoad(context.Context, runner.Configurable, error) { a.told("AfterLoad") }
func (a *acting) SignalReceived(os.Signal)                              { a.told("SignalReceived") }
func (a *acting) ServerFailed(context.Context, runner.Server, error)    { a.told("ServerFailed") }
func (a *acting) BeforeRetry(context.Context, runner.Service, int)      { a.told("BeforeRetry") }
func (a *acting) ServicesQueued(context.Context, []runner.Service)      { a.told("ServicesQueued") }
func (a *acting) BeforeReady(context.Context, runner.Service)           { a.told("BeforeReady") }
func (a *acting) StateChanged(_ context.Context, state runner.State) {
	a.told("StateChanged to " + state.String())
}

// actedOn are the events, each with how the Runner of a program ends.
var actedOn = []string{
	"BeforeLoad", "AfterLoad", "BeforeStart", "AfterStart", "ServicesQueued", "BeforeReady", "BeforeRetry", "BeforeStop", "AfterStop",
	"SignalReceived", "ServerFailed",
	"StateChanged to starting", "StateChanged to ready", "StateChanged to draining", "StateChanged to stopping", "StateChanged to stopped",
}

// forEachEvent runs a test for each event, with a program that has each: it starts a database, serves until a signal
// comes or a server fails, and stops. errs are all that the Runner returned.
func forEachEvent(t *testing.T, what string, act func(*testing.T, *runner.Runner) func(), check func(t *testing.T, j *journal, errs []error)) {
	t.Helper()
	for _, event := range actedOn {
		for name, opts := range map[string][]runner.StarterOption{
			"one by one":       {runner.WithConcurrency(1)},
			"at the same time": {runner.WithConcurrency(0)},
		} {
			guarded(t, what+" "+event+", "+name, func(t *testing.T) {
				var j journal
				o := &acting{event: event}
				signals := make(buffered, 3)
				r := newRunner(append(opts,
					runner.WithListenerBuilder(func() runner.Listener { return signals }),
					runner.WithStartTimeout(10*time.Second), runner.WithDrainDelay(time.Second), runner.WithContinueOnStopError(),
					runner.WithObserver(o), runner.WithObserver(witness{&j}))...)
				o.act = act(t, r)
				errs := playEvents(t, r, &j, signals, event == "ServerFailed")
				require.Empty(t, names(r))
				check(t, &j, errs)
			})
		}
	}
}

func playEvents(t *testing.T, r *runner.Runner, j *journal, signals buffered, failing bool) (errs []error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	db := checked(loading(j.resource("db", func(ctx context.Context) error {
		retryevents.From(ctx).BeforeRetry(ctx, nil, 1)
		return nil
	}), fails(nil)), fails(nil))
	errs = append(errs, returnsIn(t, time.Hour, func() error { return r.Run(ctx, db) }))
	api := j.server("api")
	if failing {
		api = runner.NewServer("api", j.notes("listen api", takes(time.Second), fails(errBoom)), j.notes("close api"))
	}
	time.AfterFunc(2*time.Second, func() { signals <- sigterm })
	errs = append(errs, returnsIn(t, time.Hour, func() error { return r.Run(ctx, api) }))
	time.Sleep(time.Minute)
	for range 2 { // for what an Observer has kept the first from
		errs = append(errs, returnsIn(t, time.Hour, func() error {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			return r.Finish(ctx)
		}))
	}
	synctest.Wait()
	return errs
}

// requireAllStopped requires that the database was stopped as often as it was started, and that the server was closed if
// it listened.
func requireAllStopped(t *testing.T, lines []string) {
	t.Helper()
	counts := map[string]int{}
	for _, line := range lines {
		counts[line]++
	}
	require.Equal(t, counts["start db"], counts["stop db"], lines)
	require.Equal(t, counts["listen api"] > 0, counts["close api"] > 0, lines)
}

// Nothing waits for an Observer longer than for the code of a service.
func TestObserverThatCallsFinish(t *testing.T) {
	returned := false
	forEachEvent(t, "ends the Runner in", func(t *testing.T, r *runner.Runner) func() {
		returned = false
		return func() {
			_ = r.Finish(t.Context())
			returned = true
		}
	}, func(t *testing.T, j *journal, _ []error) {
		require.True(t, returned, "Finish has not returned to the Observer: %q", j.all())
		requireAllStopped(t, j.all())
	})
}

func TestObserverThatBlocks(t *testing.T) {
	forEachEvent(t, "is left behind in", func(t *testing.T, _ *runner.Runner) func() {
		over := newHang(t)
		return func() { <-over }
	}, func(t *testing.T, j *journal, errs []error) {
		require.True(t, slices.ContainsFunc(errs, isObserverError), "no error names it: %v", errs)
		requireAllStopped(t, j.all())
		all := j.all()
		for _, told := range []string{"before start db", "after start db", "before stop db", "after stop db"} {
			if slices.Contains(all, "start db") {
				require.Contains(t, all, told, "others are told all the same")
			}
		}
	})
}

func TestObserverThatIsSlow(t *testing.T) {
	guarded(t, "leaves the services their whole grace once a stop is cut short", func(t *testing.T) {
		var j journal
		slow := &told{beforeStop: func() { time.Sleep(grace * 2 / 3) }}
		r := newRunner(runner.WithObserver(slow))
		db := runner.NewResource("db", nil, func(ctx context.Context) error {
			<-ctx.Done()
			time.Sleep(grace * 2 / 3)
			j.note("stopped db")
			return nil
		})
		require.NoError(t, r.Run(t.Context(), db))
		ctx, cancel := context.WithTimeout(t.Context(), 0)
		defer cancel()
		require.NoError(t, r.Finish(ctx))
		require.Equal(t, []string{"stopped db"}, j.all())
	})
}

func isObserverError(err error) bool {
	var left *runner.ObserverError
	return errors.As(err, &left)
}
