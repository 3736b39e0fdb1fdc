package runner_test

import (
	"context"
	"os"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// stage is a program that is to end in one of the ways of the table of what Run
// returns: it has a database started by an earlier Run, and a cache and a server
// in the Run that ends.
type stage struct {
	journal  journal
	listener *fakeListener
	runner   *runner.Runner
	ctx      context.Context
	cancel   context.CancelCauseFunc
	wait     func() error
}

// newStage runs the server of the program, and what the services given here.
func newStage(t *testing.T, services ...func(*journal) runner.Service) *stage {
	t.Helper()
	s := &stage{listener: newFakeListener()}
	s.runner = newRunner(s.listener.option())
	s.ctx, s.cancel = context.WithCancelCause(t.Context())
	require.NoError(t, s.runner.Run(t.Context(), s.journal.resource("db")))
	all := []runner.Service{s.journal.resource("cache"), s.journal.server("api")}
	for _, service := range services {
		all = append(all, service(&s.journal))
	}
	s.wait = async(func() error { return s.runner.Run(s.ctx, all...) })
	synctest.Wait()
	return s
}

// slow is a Resource that never gets to the end of Start by itself.
func slow(j *journal) runner.Service { return j.resource("slow", waits) }

// ends requires that nothing but what is named is up once Run has returned, and
// that Finish stops just that.
func (s *stage) ends(t *testing.T, events []string, up ...string) {
	t.Helper()
	require.Equal(t, append([]string{"start db", "start cache", "listen api"}, events...), s.arranged())
	require.Equal(t, up, names(s.runner))
	before := len(s.journal.all())
	finish(t, s.runner)
	var stops []string
	for i := len(up) - 1; i >= 0; i-- {
		stops = append(stops, "stop "+up[i])
	}
	require.Equal(t, stops, s.journal.all()[before:])
}

// arranged is the journal with the one event that has no place of its own, that
// the server listens, after the start of the cache.
func (s *stage) arranged() []string {
	lines := []string{}
	for _, line := range s.journal.all() {
		switch line {
		case "listen api":
		case "start cache":
			lines = append(lines, line, "listen api")
		default:
			lines = append(lines, line)
		}
	}
	return lines
}

// requireServiceError requires that err is the failure of a step of one service.
func requireServiceError(t *testing.T, err error, op runner.Op, name string, cause error) {
	t.Helper()
	var failed *runner.ServiceError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, op, failed.Op)
	require.Equal(t, name, failed.Name)
	require.ErrorIs(t, failed, cause)
}

func requireSignalError(t *testing.T, err error, sig os.Signal) {
	t.Helper()
	var signaled *runner.SignalError
	require.ErrorAs(t, err, &signaled)
	require.Equal(t, sig, signaled.Signal)
	require.ErrorIs(t, err, context.Canceled)
}
