package runner_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// abandonedIn returns the calls that an error says were abandoned, by the names of their services.
func abandonedIn(err error) map[string]*runner.TimeoutError {
	found := map[string]*runner.TimeoutError{}
	addAbandoned(found, err)
	return found
}

func addAbandoned(found map[string]*runner.TimeoutError, err error) {
	var timeout *runner.TimeoutError
	if failed, ok := err.(*runner.ServiceError); ok && errors.As(failed, &timeout) && timeout.Abandoned { //nolint:errorlint // the tree is walked here
		found[failed.Name] = timeout
	}
	switch wrapped := err.(type) { //nolint:errorlint // the tree is walked here
	case interface{ Unwrap() []error }:
		for _, inner := range wrapped.Unwrap() {
			addAbandoned(found, inner)
		}
	case interface{ Unwrap() error }:
		addAbandoned(found, wrapped.Unwrap())
	}
}

// requireStacks requires that err says of each service that a call of it was abandoned in stuckHere, with its stack.
func requireStacks(t *testing.T, err error, services []runner.Service) {
	t.Helper()
	abandoned := abandonedIn(err)
	without := []string{}
	for _, s := range services {
		timeout := abandoned[s.Name()]
		require.NotNil(t, timeout, "%s is not named", s.Name())
		if !bytes.Contains(timeout.Stack, []byte("stuckHere")) {
			without = append(without, s.Name())
		}
	}
	require.Empty(t, without, "they have no stack, or another one")
}

// many makes n services, each of its own name.
func many(n int, make func(name string) runner.Service) []runner.Service {
	services := []runner.Service{}
	for i := range n {
		services = append(services, make(fmt.Sprintf("service %d", i)))
	}
	return services
}

func TestStacksOfMany(t *testing.T) {
	const stuckServices = 100
	for kind, make := range map[string]func(name string, hang call) runner.Service{
		"a Stop":               func(name string, hang call) runner.Service { return runner.NewResource(name, nil, hang) },
		"a Stop, in a wrapper": func(name string, hang call) runner.Service { return runner.With(runner.NewResource(name, nil, hang)) },
		"a Close":              func(name string, hang call) runner.Service { return runner.NewServer(name, nil, hang) },
		"a Listen":             func(name string, hang call) runner.Service { return runner.NewServer(name, hang, nil) },
		"a Stop with short time": func(name string, hang call) runner.Service {
			return runner.With(runner.NewResource(name, nil, hang), runner.StopTimeout(time.Millisecond))
		},
	} {
		for _, width := range []int{1, 0} {
			guarded(t, fmt.Sprintf("are there when Finish cuts %s short, with a concurrency of %d", kind, width), func(t *testing.T) {
				over := newHang(t)
				services := many(stuckServices, func(name string) runner.Service { return make(name, stuckHere(over)) })
				r := newRunner(runner.WithConcurrency(width), runner.WithContinueOnStopError())
				startUp(t, r, services...)
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				began := time.Now()
				err := r.Finish(ctx)
				require.LessOrEqual(t, time.Since(began), 5*time.Second+grace+50*time.Millisecond)
				requireStacks(t, err, services)
			})
		}
	}

	guarded(t, "are there when Starts time out", func(t *testing.T) {
		over := newHang(t)
		services := many(stuckServices, func(name string) runner.Service { return runner.NewResource(name, stuckHere(over), nil) })
		r := newRunner(runner.WithConcurrency(0), runner.WithStartTimeout(time.Second))
		requireStacks(t, r.Run(t.Context(), services...), services)
		finish(t, r)
	})

	guarded(t, "are there on one processor", func(t *testing.T) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		over := newHang(t)
		services := many(stuckServices, func(name string) runner.Service { return runner.NewResource(name, nil, stuckHere(over)) })
		r := newRunner(runner.WithContinueOnStopError(), runner.WithStopTimeout(time.Millisecond))
		startUp(t, r, services...)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		requireStacks(t, r.Finish(ctx), services)
	})

	guarded(t, "are there when a second signal cuts the stop short", func(t *testing.T) {
		over := newHang(t)
		signals := make(buffered, 2)
		services := many(stuckServices, func(name string) runner.Service { return runner.NewResource(name, nil, stuckHere(over)) })
		r := newRunner(runner.WithListenerBuilder(func() runner.Listener { return signals }))
		startUp(t, r, services...)
		for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
			time.AfterFunc(time.Second, func() { signals <- sig })
		}
		began := time.Now()
		err := r.Finish(t.Context())
		require.LessOrEqual(t, time.Since(began), time.Second+grace+50*time.Millisecond)
		requireStacks(t, err, services)
	})
}

// newHang returns a channel that is closed when the test is over.
func newHang(t *testing.T) chan struct{} {
	t.Helper()
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	return over
}

// A profile that is older than a call cannot have the stack of it.
func TestStacksAreNotOlderThanTheCall(t *testing.T) {
	guarded(t, "in a Dump that follows another", func(t *testing.T) {
		over := make(chan struct{})
		r := newRunner()
		running(t, r, runner.NewResource("first", stuckHere(over), nil))
		var before, then bytes.Buffer
		require.NoError(t, r.Dump(&before))
		running(t, r, runner.NewResource("second", stuckThere(over), nil))
		require.NoError(t, r.Dump(&then))
		close(over)
		synctest.Wait()
		finish(t, r)
		require.Contains(t, before.String(), "stuckHere")
		require.Contains(t, then.String(), "stuckThere")
	})

	guarded(t, "in the error of a call that follows a Dump", func(t *testing.T) {
		over := newHang(t)
		r := newRunner(runner.WithStopTimeout(time.Nanosecond))
		services := many(20, func(name string) runner.Service { return runner.NewResource(name, nil, stuckHere(over)) })
		startUp(t, r, services...)
		ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
		defer cancel()
		var text bytes.Buffer
		require.NoError(t, r.Dump(&text))
		requireStacks(t, r.Finish(ctx), services)
	})
}

func TestOneProfileForMany(t *testing.T) {
	const calls = 1000
	require.Less(t, runner.ProfilesFor(calls), calls/2, "most share one with others")
}

func TestNoProfileOfBeforeTheCall(t *testing.T) {
	for range 20 {
		require.False(t, runner.SharesProfileInProgress())
	}
}
