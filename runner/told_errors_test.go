package runner_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// errorWitness keeps the errors that an Observer is told.
type errorWitness struct {
	nobody
	mu   sync.Mutex
	told map[string]error
}

func (w *errorWitness) note(event string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told[event] = err
}

func (w *errorWitness) AfterLoad(_ context.Context, _ runner.Configurable, err error) {
	w.note("AfterLoad", err)
}
func (w *errorWitness) AfterStart(_ context.Context, s runner.Service, err error) {
	w.note("AfterStart "+s.Name(), err)
}

func (w *errorWitness) AfterStop(_ context.Context, s runner.Service, err error) {
	w.note("AfterStop "+s.Name(), err)
}

func (w *errorWitness) ServerFailed(_ context.Context, s runner.Server, err error) {
	w.note("ServerFailed "+s.Name(), err)
}

// listening returns a Listen that returns err once its context has ended.
func listening(err error) call {
	return func(ctx context.Context) error {
		<-ctx.Done()
		return err
	}
}

func TestObserversAreToldServiceErrors(t *testing.T) {
	failing := func(t *testing.T) call { t.Helper(); return takesThen(time.Second, errBoom) }
	for name, test := range map[string]struct {
		service func(*testing.T) runner.Service
		event   string
		op      runner.Op
		causes  []error
	}{
		"of Close and Listen": {func(*testing.T) runner.Service {
			return runner.NewServer("api", listening(errOther), fails(errBoom))
		}, "AfterStop api", runner.OpClose, []error{errBoom, errOther}},
		"of a Close that panics and Listen": {func(*testing.T) runner.Service {
			return runner.NewServer("api", listening(errOther), panics(errBoom))
		}, "AfterStop api", runner.OpClose, []error{errBoom, errOther}},
		"of Close and a Listen that panics": {func(*testing.T) runner.Service {
			return runner.NewServer("api", func(ctx context.Context) error { <-ctx.Done(); panic(errOther) }, fails(errBoom))
		}, "AfterStop api", runner.OpClose, []error{errBoom, errOther}},
		"of a Close and a Listen that were abandoned": {func(t *testing.T) runner.Service {
			return runner.NewServer("api", stuck(t), stuck(t))
		}, "AfterStop api", runner.OpClose, []error{runner.ErrStopTimeout}},
		"of a Close that was abandoned and Listen": {func(t *testing.T) runner.Service {
			return runner.NewServer("api", listening(errOther), stuck(t))
		}, "AfterStop api", runner.OpClose, []error{runner.ErrStopTimeout, errOther}},
		"of a Close that has failed and a Listen that was abandoned": {func(t *testing.T) runner.Service {
			return runner.NewServer("api", stuck(t), fails(errBoom))
		}, "AfterStop api", runner.OpClose, []error{runner.ErrStopTimeout, errBoom}},
		"of the Close of a server that has failed": {func(t *testing.T) runner.Service {
			return runner.NewServer("api", failing(t), fails(errOther))
		}, "AfterStop api", runner.OpClose, []error{errOther}},
		"of a server that fails while it becomes ready, and its Close": {func(t *testing.T) runner.Service {
			return checked(runner.NewServer("api", failing(t), fails(errOther)), fails(errRefused))
		}, "AfterStart api", runner.OpListen, []error{errBoom}},
	} {
		for how, with := range map[string]func(runner.Service) runner.Service{
			"":                   func(s runner.Service) runner.Service { return s },
			", behind a wrapper": func(s runner.Service) runner.Service { return runner.With(s) },
		} {
			guarded(t, name+how, func(t *testing.T) {
				o := &errorWitness{told: map[string]error{}}
				r := newRunner(runner.WithStopTimeout(time.Second), runner.WithContinueOnStopError(), runner.WithObserver(o))
				s := with(test.service(t))
				err := r.Start(t.Context(), s)
				time.Sleep(2 * time.Second)
				if ended := r.Finish(t.Context()); err == nil {
					err = ended
				}
				synctest.Wait()
				told := o.told[test.event]
				failed, ok := told.(*runner.ServiceError) //nolint:errorlint // it must be one, and join nothing
				require.True(t, ok, "%T: %v", told, told)
				require.Equal(t, test.op, failed.Op)
				require.Equal(t, "api", failed.Name)
				require.Equal(t, s, failed.Service)
				for _, cause := range test.causes {
					require.ErrorIs(t, told, cause)
					require.ErrorIs(t, err, cause)
				}
				for event, err := range o.told {
					_, ok := err.(*runner.ServiceError) //nolint:errorlint // it must be one, and join nothing
					require.True(t, ok || err == nil, "%s got a %T", event, err)
				}
			})
		}
	}
}

// takesThen returns err after d. It is for bubbles.
func takesThen(d time.Duration, err error) call {
	return func(ctx context.Context) error {
		_ = takes(d)(ctx)
		return err
	}
}
