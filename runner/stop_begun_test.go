package runner_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// stopBegun is a Runner with a database, and a repo after it that somebody is
// stopping: that takes 10 s.
type stopBegun struct {
	journal
	runner   *runner.Runner
	db, repo runner.Service
	stopErr  error // of the repo
}

func (s *stopBegun) stop(ctx context.Context) error {
	return s.notes("stop repo", takes(10*time.Second), s.notes("repo stopped"), fails(s.stopErr))(ctx)
}

// asServer makes the repo a server.
func (s *stopBegun) asServer() {
	s.repo = after(runner.NewServer("repo", waits, s.stop), s.db)
}

func (s *stopBegun) up(t *testing.T) {
	t.Helper()
	require.NoError(t, s.runner.Start(t.Context(), s.repo))
}

// whoStops are those who can be stopping it. Each returns once that has begun.
var whoStops = map[string]func(*testing.T, *stopBegun){
	"another Stop": func(t *testing.T, s *stopBegun) {
		s.up(t)
		async(func() error { return s.runner.Stop(context.WithoutCancel(t.Context()), s.repo) })
	},
	"another Stop, of a server": func(t *testing.T, s *stopBegun) {
		s.asServer()
		s.up(t)
		async(func() error { return s.runner.Stop(context.WithoutCancel(t.Context()), s.repo) })
	},
	"Finish": func(t *testing.T, s *stopBegun) {
		s.up(t)
		async(func() error { return s.runner.Finish(context.WithoutCancel(t.Context())) })
	},
	"a rollback": func(t *testing.T, s *stopBegun) {
		async(func() error {
			return s.runner.Run(t.Context(), s.repo, runner.NewResource("bad", fails(errRefused), nil))
		})
	},
	"a rollback, of a server": func(t *testing.T, s *stopBegun) {
		s.asServer()
		bad := runner.NewResource("bad", func(context.Context) error { time.Sleep(time.Millisecond); return errRefused }, nil)
		async(func() error { return s.runner.Start(t.Context(), s.repo, bad) })
	},
	"the end of its Run": func(t *testing.T, s *stopBegun) {
		s.asServer()
		ctx, cancel := context.WithCancel(t.Context())
		async(func() error { return s.runner.Run(ctx, s.repo) })
		synctest.Wait()
		cancel()
	},
	"what follows a late Start": func(t *testing.T, s *stopBegun) {
		slow := runner.NewResource("repo", takes(time.Minute), s.stop)
		s.repo = runner.With(after(slow, s.db), runner.StartTimeout(time.Second))
		require.ErrorIs(t, s.runner.Run(t.Context(), s.repo), runner.ErrStartTimeout)
		time.Sleep(time.Minute)
	},
}

func newStopBegun(t *testing.T, stopErr error, by func(*testing.T, *stopBegun), opts ...runner.StarterOption) *stopBegun {
	t.Helper()
	t.Cleanup(func() { time.Sleep(time.Minute) }) // whoever stops it has stopped it then
	s := &stopBegun{runner: newRunnerFor(t, opts...), stopErr: stopErr}
	s.db = runner.NewResource("db", nil, s.notes("stop db"))
	s.repo = after(runner.NewResource("repo", nil, s.stop), s.db)
	require.NoError(t, s.runner.Run(t.Context(), s.db))
	by(t, s)
	synctest.Wait()
	time.Sleep(time.Second)
	require.Equal(t, []string{"stop repo"}, s.all(), "it is being stopped")
	return s
}

// TestStopOfWhatIsBeingStopped calls Stop and Finish while somebody else stops
// the repo.
func TestStopOfWhatIsBeingStopped(t *testing.T) {
	for name, by := range whoStops {
		inBubble(t, "waits for it: "+name, func(t *testing.T) {
			s := newStopBegun(t, nil, by)
			require.NoError(t, s.runner.Stop(t.Context(), s.repo))
			require.Equal(t, []string{"stop repo", "repo stopped"}, without(s.all(), "stop db"))
			require.NotContains(t, names(s.runner), "repo")
		})

		inBubble(t, "waits for it though it is asked for in a wrapper, twice: "+name, func(t *testing.T) {
			s := newStopBegun(t, nil, by)
			other := async(func() error { return s.runner.Stop(t.Context(), runner.With(s.repo)) })
			require.NoError(t, s.runner.Stop(t.Context(), runner.With(s.repo), s.repo))
			require.Contains(t, s.all(), "repo stopped")
			require.NoError(t, other())
		})

		inBubble(t, "waits no longer than its deadline: "+name, func(t *testing.T) {
			s := newStopBegun(t, nil, by)
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			began := time.Now()
			require.ErrorIs(t, s.runner.Stop(ctx, s.repo), context.DeadlineExceeded)
			require.LessOrEqual(t, time.Since(began), 3*time.Second+grace)
			time.Sleep(time.Minute)
			require.Contains(t, s.all(), "repo stopped")
		})

		inBubble(t, "does not repeat it where it fails: "+name, func(t *testing.T) {
			s := newStopBegun(t, errBoom, by)
			if err := s.runner.Stop(t.Context(), s.repo); err != nil {
				requireServiceError(t, err, opOf(s.repo), "repo", errBoom)
			}
			require.Equal(t, []string{"stop repo", "repo stopped"}, without(s.all(), "stop db"))
		})
	}
}

// opOf is the step in which s stops.
func opOf(s runner.Service) runner.Op {
	if runner.KindOf(s) == runner.KindServer {
		return runner.OpClose
	}
	return runner.OpStop
}

// TestStopOfWhatSomethingIsAfter stops the database while the repo, which is after
// it, is still being stopped by somebody else.
func TestStopOfWhatSomethingIsAfter(t *testing.T) {
	ways := map[string]func(*testing.T, *stopBegun) error{
		"Stop":                      func(t *testing.T, s *stopBegun) error { return s.runner.Stop(t.Context(), s.db) },
		"Stop in a wrapper":         func(t *testing.T, s *stopBegun) error { return s.runner.Stop(t.Context(), runner.With(s.db)) },
		"Stop of both":              func(t *testing.T, s *stopBegun) error { return s.runner.Stop(t.Context(), s.repo, s.db) },
		"Stop of both, other order": func(t *testing.T, s *stopBegun) error { return s.runner.Stop(t.Context(), s.db, s.repo) },
		"Finish":                    func(t *testing.T, s *stopBegun) error { return s.runner.Finish(t.Context()) },
	}
	for name, by := range whoStops {
		for way, stop := range ways {
			for mode, concurrency := range map[string]int{"one by one": 1, "at the same time": 0} {
				inBubble(t, way+" waits for that first: "+name+", "+mode, func(t *testing.T) {
					s := newStopBegun(t, nil, by, runner.WithConcurrency(concurrency))
					require.NoError(t, stop(t, s))
					require.Equal(t, []string{"stop repo", "repo stopped", "stop db"}, s.all())
					require.Empty(t, names(s.runner))
				})
			}
		}

		inBubble(t, "Finish tells it in time where that takes longer than the deadline: "+name, func(t *testing.T) {
			s := newStopBegun(t, nil, by)
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			began := time.Now()
			_ = s.runner.Finish(ctx)
			require.LessOrEqual(t, time.Since(began), 3*time.Second+250*time.Millisecond)
			if name != "Finish" { // else that goes on in its own time
				require.Equal(t, []string{"stop repo", "stop db"}, s.all())
			}
			time.Sleep(time.Minute)
		})
	}
}
