package runnertest_test

import (
	"context"
	"runtime/pprof"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/runnertest"
)

// unruly is a Resource that can be wrapped, or says so.
type unruly struct{ runner.Resource }

func (unruly) Unwrap() runner.Service { panic("nothing inside") }

// both is a Resource and a Server.
type both struct {
	runner.Resource
	runner.Server
}

func (both) Name() string { return "both" }

// runs is a Job and a Resource.
type runs struct {
	runner.Resource
}

func (runs) Run(context.Context) error { return nil }

// TestUnruly tests services, and functions that make them, that do the worst; see TestWorst.
func TestUnruly(t *testing.T) {
	childOnly(t)
	good := func() runner.Resource { return resource{(&worker{}).parts()} }
	t.Run("panics in Unwrap", func(t *testing.T) {
		runnertest.TestResource(t, func(*testing.T) runner.Resource { return unruly{runner.NewResource("db", nil, nil)} })
	})
	t.Run("panics when it is made", func(t *testing.T) {
		runnertest.TestResource(t, func(*testing.T) runner.Resource { panic("no memory") })
	})
	t.Run("is nil", func(t *testing.T) {
		runnertest.TestServer(t, func(*testing.T) runner.Server { var none *server; return none })
	})
	t.Run("is not made", func(t *testing.T) {
		runnertest.TestResource(t, func(t *testing.T) runner.Resource { t.Fatal("no docker"); return nil })
	})
	t.Run("is both", func(t *testing.T) {
		runnertest.TestServer(t, func(*testing.T) runner.Server { return both{good(), runner.NewServer("api", nil, nil)} })
	})
	t.Run("is no job", func(t *testing.T) {
		runnertest.TestJob(t, func(*testing.T) runner.Job { return runs{good()} })
	})
	t.Run("hides its stack", func(t *testing.T) {
		runnertest.TestResource(t, func(*testing.T) runner.Resource {
			return runner.NewResource("db", func(ctx context.Context) error {
				pprof.SetGoroutineLabels(context.Background())
				return hangs(ctx)
			}, nil)
		}, shortLimits)
	})
	t.Run("has labels of its own", func(t *testing.T) {
		runnertest.TestResource(t, func(*testing.T) runner.Resource {
			return runner.NewResource("db", func(ctx context.Context) error {
				pprof.Do(ctx, pprof.Labels("of", "its own"), func(ctx context.Context) { _ = hangs(ctx) })
				return nil
			}, nil)
		}, shortLimits)
	})
}

func TestWorst(t *testing.T) {
	child := runChild(t, "TestUnruly")
	says := func(test, text string) {
		t.Helper()
		require.True(t, child.failed["TestUnruly/"+test], test)
		require.Contains(t, child.output["TestUnruly/"+test], text)
	}

	t.Run("a panic of Unwrap fails a rule", func(t *testing.T) {
		says("panics_in_Unwrap/starts_and_stops", "a method of the service panicked: nothing inside")
	})

	t.Run("a panic of the function that makes the service fails each rule, with its stack", func(t *testing.T) {
		says("panics_when_it_is_made/starts_and_stops", "the function that makes the service panicked: no memory")
		says("panics_when_it_is_made/starts_and_stops", here+".TestUnruly")
		says("panics_when_it_is_made/keeps_its_name", "the function that makes the service panicked: no memory")
	})

	t.Run("no service fails each rule", func(t *testing.T) {
		says("is_nil/listens_and_closes", "the function that makes the service returned nil")
		says("is_not_made/starts_and_stops", "no docker")
	})

	t.Run("a service that a Runner takes for another kind fails the first rule", func(t *testing.T) {
		says("is_both/listens_and_closes", "a Runner refuses the server: runnertest_test.both is both a Resource and a Server")
		says("is_no_job/runs_to_its_end,_or_to_that_of_its_context",
			"a Runner takes the job for a resource: runnertest_test.runs has the methods of both")
	})

	t.Run("a call that hangs is found by its labels", func(t *testing.T) {
		says("has_labels_of_its_own/starts_and_stops", "It waits in "+here+".hangs (")
		says("hides_its_stack/starts_and_stops", "It has changed the profiler labels of its goroutine, so its stack is unknown")
	})
}

// TestHangs needs more time than the test binary has, by its flags; see TestTimeout.
func TestHangs(t *testing.T) {
	childOnly(t)
	runnertest.TestResource(t, func(*testing.T) runner.Resource { return runner.NewResource("db", hangs, nil) })
}

func TestTimeout(t *testing.T) {
	t.Run("a service that hangs fails its rule before the time of the test binary is over", func(t *testing.T) {
		child := runChild(t, "TestHangs", "-test.timeout=10s")
		require.Equal(t, []string{"starts_and_stops"}, child.failedBelow("TestHangs"))
		require.Contains(t, child.whole, "It waits in "+here+".hangs (")
		require.NotContains(t, child.whole, "test timed out")
	})
}
