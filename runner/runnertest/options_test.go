package runnertest_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/runnertest"
)

// renamed is a Resource that breaks the rule of names.
func renamed(*testing.T) runner.Resource {
	w := &worker{}
	p := w.parts()
	names := 0
	p.name = func() string { names++; return strings.Repeat("x", names) }
	return resource{p}
}

func TestLeavesOut(t *testing.T) {
	childOnly(t)
	t.Run("nothing", func(t *testing.T) { runnertest.TestResource(t, renamed) })
	t.Run("other", func(t *testing.T) {
		runnertest.TestResource(t, renamed, nil, runnertest.Without("starts and stops"), runnertest.Without("leaves no goroutine"))
	})
	t.Run("spaces", func(t *testing.T) { runnertest.TestResource(t, renamed, runnertest.Without("keeps its name")) })
	t.Run("underscores", func(t *testing.T) { runnertest.TestResource(t, renamed, runnertest.Without("keeps_its_name")) })
	t.Run("unknown", func(t *testing.T) {
		runnertest.TestResource(t, renamed, runnertest.Without("keeps its name", "has a name"))
	})
	t.Run("of another kind", func(t *testing.T) {
		runnertest.TestServer(t, func(*testing.T) runner.Server { return runner.NewServer("api", nil, nil) },
			runnertest.Without("survives a second Start"))
	})
}

func TestWithout(t *testing.T) {
	child := runChild(t, "TestLeavesOut")
	failed := func(test string) []string { return child.failedBelow("TestLeavesOut/" + test) }

	t.Run("leaves a rule out by the name of its subtest, with spaces or underscores", func(t *testing.T) {
		require.Equal(t, []string{"keeps_its_name"}, failed("nothing"))
		for _, test := range []string{"spaces", "underscores"} {
			require.Empty(t, failed(test))
			require.False(t, child.failed["TestLeavesOut/"+test], child.output["TestLeavesOut/"+test])
		}
		require.NotContains(t, child.failed, "TestLeavesOut/spaces/keeps_its_name")
		require.Contains(t, child.failed, "TestLeavesOut/spaces/starts_again_after_Stop")
	})

	t.Run("can be given many times, and leaves no other rule out", func(t *testing.T) {
		require.Equal(t, []string{"keeps_its_name"}, failed("other"))
		require.NotContains(t, child.failed, "TestLeavesOut/other/starts_and_stops")
		require.NotContains(t, child.failed, "TestLeavesOut/other/leaves_no_goroutine")
	})

	t.Run("fails for a rule that does not exist, and names those that do", func(t *testing.T) {
		require.True(t, child.failed["TestLeavesOut/unknown"])
		message := child.output["TestLeavesOut/unknown"]
		require.Contains(t, message, `no rule is named "has a name"; the rules of TestResource are:`)
		for _, r := range runnertest.Rules() {
			if r.Test == "TestResource" {
				require.Contains(t, message, "\t"+r.Name+"\n")
			}
		}
		require.NotContains(t, child.failed, "TestLeavesOut/unknown/starts_and_stops")
	})

	t.Run("fails for a rule of another kind of service", func(t *testing.T) {
		require.Contains(t, child.output["TestLeavesOut/of_another_kind"],
			`no rule is named "survives a second Start"; the rules of TestServer are:`)
	})
}

func TestOnly(t *testing.T) {
	childOnly(t)
	runnertest.TestResource(t, func(*testing.T) runner.Resource {
		return runner.NewResource("db", fails, func(context.Context) error { return nil })
	})
}

func TestServiceThatDoesNotWork(t *testing.T) {
	t.Run("fails the first rule, and skips the others", func(t *testing.T) {
		child := runChild(t, "TestOnly")
		require.Equal(t, []string{"starts_and_stops"}, child.failedBelow("TestOnly"))
		for _, r := range runnertest.Rules() {
			if name := strings.ReplaceAll(r.Name, " ", "_"); r.Test == "TestResource" && name != "starts_and_stops" {
				require.True(t, child.skipped["TestOnly/"+name], name)
			}
		}
		require.Contains(t, child.whole, `not judged, because the service breaks the rule "starts and stops"`)
	})

	t.Run("fails another rule that is run alone, and says why", func(t *testing.T) {
		child := runChild(t, "TestOnly$/^keeps_its_name")
		require.Equal(t, []string{"keeps_its_name"}, child.failedBelow("TestOnly"))
		require.Contains(t, child.whole, "Start returned an error: connection refused\n        \n        the service breaks the rule \"starts and stops\"")
	})
}
