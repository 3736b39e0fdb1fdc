package runner_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// renamed is a wrapper that changes its name each time it is asked, as one does that counts.
type renamed struct {
	runner.Service
	asked atomic.Int32
}

func (r *renamed) Name() string           { return fmt.Sprintf("name %d", r.asked.Add(1)) }
func (r *renamed) Unwrap() runner.Service { return r.Service }

func TestNameIsAskedOnceInARun(t *testing.T) {
	for name, wrapped := range map[string]func(stop call) (given runner.Service, asked *renamed){
		"of a Resource": func(stop call) (runner.Service, *renamed) {
			s := &renamed{Service: runner.NewResource("", nil, stop)}
			return s, s
		},
		"of a Server": func(stop call) (runner.Service, *renamed) {
			s := &renamed{Service: runner.NewServer("", nil, stop)}
			return s, s
		},
		"behind With": func(stop call) (runner.Service, *renamed) {
			s := &renamed{Service: runner.NewResource("", nil, stop)}
			return runner.With(runner.With(s)), s
		},
		"behind wrappers that load and are checked": func(stop call) (runner.Service, *renamed) {
			s := &renamed{Service: runner.NewResource("", nil, stop)}
			return loading(checked(s, fails(nil)), fails(nil)), s
		},
	} {
		guarded(t, "and shown everywhere, "+name, func(t *testing.T) {
			over := make(chan struct{})
			given, asked := wrapped(until(over))
			r := newRunner(runner.WithStopTimeout(time.Second), runner.WithContinueOnStopError())
			startUp(t, r, given, after(runner.NewResource("other", nil, nil), given))
			require.Equal(t, []string{"name 1", "other"}, names(r))
			require.Contains(t, dumped(t, r), `"name 1"`)
			err := r.Finish(t.Context())
			require.ErrorContains(t, err, `"name 1": timed out after 1s`)
			require.NotContains(t, err.Error(), "name 2")
			require.EqualValues(t, 1, asked.asked.Load())
			close(over)
			synctest.Wait()
			require.NoError(t, r.Start(t.Context(), given), "a restart asks again")
			require.Equal(t, []string{"name 2"}, names(r))
			finish(t, r)
		})
	}

	guarded(t, "though an Observer cannot get it again, since the service holds a lock", func(t *testing.T) {
		over := make(chan struct{})
		db := &locked{lock: make(chan struct{}, 1), over: over}
		r := newRunner(runner.WithStartTimeout(time.Second), runner.WithStopTimeout(time.Second), runner.WithObserver(&nameAsker{}))
		api := runner.NewServer("api", untilEnd, nil)
		err := returnsIn(t, time.Minute, func() error { return r.Run(t.Context(), api, db) })
		require.ErrorContains(t, err, `start "db": timed out after 1s, abandoned after 1.15s`)
		var left *runner.ObserverError
		require.ErrorAs(t, err, &left)
		_ = returnsIn(t, time.Minute, func() error { return r.Finish(t.Context()) })
		close(over)
		time.Sleep(time.Minute)
	})
}

// nameAsker is an Observer that asks for the name of a service at each event.
type nameAsker struct{ nobody }

func (nameAsker) AfterStart(_ context.Context, s runner.Service, _ error) { _ = s.Name() }
func (nameAsker) AfterStop(_ context.Context, s runner.Service, _ error)  { _ = s.Name() }

// locked is a Resource whose Start hangs with the lock that its name needs. The lock is a channel, since a bubble takes
// a mutex for one that is about to be unlocked.
type locked struct {
	lock chan struct{}
	over chan struct{}
}

func (l *locked) Name() string {
	l.lock <- struct{}{}
	defer func() { <-l.lock }()
	return "db"
}

func (l *locked) Start(ctx context.Context) error {
	l.lock <- struct{}{}
	defer func() { <-l.lock }()
	return until(l.over)(ctx)
}

func (l *locked) Stop(context.Context) error { return nil }

func TestNameThatPanicsReadsAsTheType(t *testing.T) {
	for name, with := range map[string]func(runner.Service) runner.Service{
		"as it is":                   func(s runner.Service) runner.Service { return s },
		"behind With":                func(s runner.Service) runner.Service { return runner.With(s) },
		"behind a wrapper that asks": func(s runner.Service) runner.Service { return loading(s, fails(nil)) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRunner()
			given := with(&unnamed{runner.NewResource("db", nil, fails(errBoom))})
			require.NoError(t, r.Run(t.Context(), given))
			require.Equal(t, []string{"*runner_test.unnamed"}, names(r))
			require.EqualError(t, r.Finish(t.Context()), `stop "*runner_test.unnamed": boom`)
		})
	}
}

// unnamed is a Resource whose name nobody gets.
type unnamed struct{ runner.Resource }

func (*unnamed) Name() string { panic("no name yet") }
