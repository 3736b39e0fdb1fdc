package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// abandonment is a way for a call of a service to be abandoned.
type abandonment struct {
	name    string
	make    func(hang call) runner.Service
	abandon func(t *testing.T, r *runner.Runner, s runner.Service) error
}

func inStart(t *testing.T, r *runner.Runner, s runner.Service) error {
	t.Helper()
	return r.Start(t.Context(), s)
}

func inFinish(t *testing.T, r *runner.Runner, s runner.Service) error {
	t.Helper()
	startUp(t, r, s)
	return r.Finish(t.Context())
}

func inStop(t *testing.T, r *runner.Runner, s runner.Service) error {
	t.Helper()
	startUp(t, r, s)
	return r.Stop(t.Context(), s)
}

func inRollback(t *testing.T, r *runner.Runner, s runner.Service) error {
	t.Helper()
	bad := runner.NewResource("bad", func(ctx context.Context) error {
		time.Sleep(time.Second / 2) // until the others listen
		return errBoom
	}, nil)
	return r.Start(t.Context(), s, bad)
}

func inRun(t *testing.T, r *runner.Runner, s runner.Service) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	return r.Run(ctx, s)
}

func hangingStop(hang call) runner.Service   { return runner.NewResource("stuck", nil, hang) }
func hangingClose(hang call) runner.Service  { return runner.NewServer("stuck", nil, hang) }
func hangingListen(hang call) runner.Service { return runner.NewServer("stuck", hang, nil) }

// abandonments are all there are. After each, a call of the service still runs.
var abandonments = []abandonment{
	{"Load", func(hang call) runner.Service { return loading(runner.NewResource("stuck", nil, nil), hang) }, inStart},
	{"Start", func(hang call) runner.Service { return runner.NewResource("stuck", hang, nil) }, inStart},
	{"Start, that fails later", func(hang call) runner.Service {
		late := errOther
		return runner.NewResource("stuck", func(ctx context.Context) error {
			err := late
			late = nil
			_ = hang(ctx)
			return err
		}, nil)
	}, inStart},
	{"IsReady", func(hang call) runner.Service { return checked(runner.NewResource("stuck", nil, nil), hang) }, inStart},
	{"IsReady of a Server", func(hang call) runner.Service { return checked(runner.NewServer("stuck", nil, nil), hang) }, inStart},
	{"Stop, in Finish", hangingStop, inFinish},
	{"Stop, in Stop", hangingStop, inStop},
	{"Stop, in a rollback", hangingStop, inRollback},
	{"Close, in Finish", hangingClose, inFinish},
	{"Close, in Stop", hangingClose, inStop},
	{"Close, in a rollback", hangingClose, inRollback},
	{"Close, in Run", hangingClose, inRun},
	{"Listen, in Finish", hangingListen, inFinish},
	{"Listen, in Stop", hangingListen, inStop},
	{"Listen, in a rollback", hangingListen, inRollback},
	{"Listen, in Run", hangingListen, inRun},
}

// forEachAbandonment runs a test for each. The Runner continues on errors, so that nothing tries again; release lets the
// call return.
func forEachAbandonment(t *testing.T, test func(t *testing.T, r *runner.Runner, s runner.Service, release func())) {
	t.Helper()
	for _, a := range abandonments {
		for name, with := range map[string]func(runner.Service) runner.Service{
			"":                   func(s runner.Service) runner.Service { return s },
			", behind a wrapper": func(s runner.Service) runner.Service { return runner.With(s) },
		} {
			guarded(t, a.name+name, func(t *testing.T) {
				over := make(chan struct{})
				r := newRunner(runner.WithStartTimeout(time.Second), runner.WithStopTimeout(time.Second), runner.WithContinueOnStopError())
				s := with(a.make(until(over)))
				require.True(t, requireTimeout(t, a.abandon(t, r, s)).Abandoned)
				test(t, r, s, func() {
					close(over)
					synctest.Wait()
				})
				_ = r.Finish(t.Context())
			})
		}
	}
}

func TestAbandonedServiceIsShown(t *testing.T) {
	abandoned := func(t *testing.T, r *runner.Runner, s runner.Service) {
		t.Helper()
		require.Equal(t, []runner.Status{{Service: s, Name: "stuck", Kind: runner.KindOf(s), State: runner.ServiceAbandoned}}, r.Services())
		require.Contains(t, dumped(t, r), `"stuck": abandoned`)
	}

	t.Run("until its call returns", func(t *testing.T) {
		forEachAbandonment(t, func(t *testing.T, r *runner.Runner, s runner.Service, release func()) {
			abandoned(t, r, s)
			time.Sleep(time.Hour)
			abandoned(t, r, s)
			release()
			require.Empty(t, r.Services())
			require.NotContains(t, dumped(t, r), "stuck")
		})
	})

	t.Run("in the next life of the Runner, before what that starts", func(t *testing.T) {
		forEachAbandonment(t, func(t *testing.T, r *runner.Runner, _ runner.Service, release func()) {
			_ = r.Finish(t.Context())
			require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, nil)))
			require.Equal(t, []string{"stuck", "db"}, names(r))
			require.Equal(t, []runner.ServiceState{runner.ServiceAbandoned, runner.ServiceReady}, states(r))
			release()
			require.Equal(t, []string{"db"}, names(r))
		})
	})
}

func TestAbandonedServiceIsStillRunning(t *testing.T) {
	stillRunning := func(t *testing.T, err error) {
		t.Helper()
		require.ErrorIs(t, err, runner.ErrStillRunning)
		require.NotErrorIs(t, err, runner.ErrAlreadyStarted)
		require.NotErrorIs(t, err, runner.ErrNotStarted)
		require.ErrorContains(t, err, `"stuck"`)
		require.ErrorContains(t, err, runner.ErrStillRunning.Error())
	}

	t.Run("says Run, Start and Stop, until its call returns", func(t *testing.T) {
		forEachAbandonment(t, func(t *testing.T, r *runner.Runner, s runner.Service, release func()) {
			var j journal
			for range 2 {
				stillRunning(t, r.Run(t.Context(), j.resource("db"), s))
				stillRunning(t, r.Start(t.Context(), s, j.resource("db")))
				stillRunning(t, r.Stop(t.Context(), s))
			}
			require.Empty(t, j.all(), "nothing else has started")
			release()
			require.ErrorIs(t, r.Stop(t.Context(), s), runner.ErrNotStarted)
			require.NoError(t, r.Start(t.Context(), s), "it can be started again")
		})
	})

	t.Run("says Stop, and does not stop the others it was given", func(t *testing.T) {
		forEachAbandonment(t, func(t *testing.T, r *runner.Runner, s runner.Service, release func()) {
			var j journal
			db := j.resource("db")
			require.NoError(t, r.Run(t.Context(), db))
			stillRunning(t, r.Stop(t.Context(), db, s))
			require.Equal(t, []string{"start db"}, j.all())
			release()
		})
	})

	guarded(t, "says each of two", func(t *testing.T) {
		over := make(chan struct{})
		r := newRunner(runner.WithStopTimeout(time.Second), runner.WithContinueOnStopError())
		one, two := runner.NewResource("one", nil, until(over)), runner.NewServer("two", nil, until(over))
		startUp(t, r, one, two)
		require.Error(t, r.Finish(t.Context()))
		require.Equal(t, []string{"one", "two"}, names(r))
		for _, s := range []runner.Service{one, two} {
			require.ErrorIs(t, r.Start(t.Context(), s), runner.ErrStillRunning)
			require.ErrorIs(t, r.Stop(t.Context(), s), runner.ErrStillRunning)
		}
		close(over)
		synctest.Wait()
		require.Empty(t, names(r))
		finish(t, r)
	})

	guarded(t, "while one of two calls does, of Close and Listen", func(t *testing.T) {
		closing, listening := make(chan struct{}), make(chan struct{})
		r := newRunner(runner.WithStopTimeout(time.Second))
		api := runner.NewServer("stuck", until(listening), until(closing))
		startUp(t, r, api)
		require.Error(t, r.Finish(t.Context()))
		close(closing)
		synctest.Wait()
		require.Equal(t, []runner.ServiceState{runner.ServiceAbandoned}, states(r))
		stillRunning(t, r.Start(t.Context(), api))
		stillRunning(t, r.Stop(t.Context(), api))
		close(listening)
		synctest.Wait()
		require.Empty(t, names(r))
	})
}
