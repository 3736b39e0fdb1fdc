package runnertest_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/runnertest"
)

// A fault is a small mistake in a service that keeps every rule otherwise.
type fault struct {
	name  string
	rule  string // the rule that it breaks, and no other
	says  string // is in the message
	build func(*parts, *worker)
}

// shortLimits are enough for services that need no time, and for those that never return.
var shortLimits = runnertest.Limits(1500*time.Millisecond, 500*time.Millisecond)

func (f fault) parts() *parts {
	w := &worker{}
	p := w.parts()
	f.build(p, w)
	return p
}

func (f fault) testName() string { return strings.ReplaceAll(f.name, " ", "_") }

// TestFaults tests services that break the rules; see TestBrokenServices.
func TestFaults(t *testing.T) {
	childOnly(t)
	t.Parallel()
	for _, f := range resourceFaults() {
		t.Run("Resource "+f.name, func(t *testing.T) {
			t.Parallel()
			runnertest.TestResource(t, func(*testing.T) runner.Resource { return resource{f.parts()} }, shortLimits)
		})
	}
	for _, f := range serverFaults() {
		t.Run("Server "+f.name, func(t *testing.T) {
			t.Parallel()
			runnertest.TestServer(t, func(*testing.T) runner.Server { return server{f.parts()} }, shortLimits)
		})
	}
	for _, f := range jobFaults() {
		t.Run("Job "+f.name, func(t *testing.T) {
			t.Parallel()
			runnertest.TestJob(t, func(*testing.T) runner.Job { return job{f.parts()} }, shortLimits)
		})
	}
}

func TestBrokenServices(t *testing.T) {
	// A few at a time: of many, a busy machine keeps some waiting longer than the limits allow.
	child := runChild(t, "TestFaults", "-test.parallel=4")
	tests := map[string][]fault{"TestResource": resourceFaults(), "TestServer": serverFaults(), "TestJob": jobFaults()}
	for _, test := range slices.Sorted(maps.Keys(tests)) {
		kind := strings.TrimPrefix(test, "Test")
		for _, f := range tests[test] {
			t.Run("a "+kind+" that "+f.name+" breaks one rule", func(t *testing.T) {
				subtest := "TestFaults/" + kind + "_" + f.testName()
				rule := strings.ReplaceAll(f.rule, " ", "_")
				require.Equal(t, []string{rule}, child.failedBelow(subtest), child.outputBelow(subtest))
				message := child.output[subtest+"/"+rule]
				require.Contains(t, message, f.says)
				r := ruleOf(t, test, f.rule)
				require.Contains(t, message, "promise:     "+r.Promise)
				require.Contains(t, message, "consequence: "+r.Consequence)
			})
		}
	}

	t.Run("break every rule", func(t *testing.T) {
		broken := map[string]bool{}
		for test, faults := range tests {
			for _, f := range faults {
				broken[test+": "+f.rule] = true
			}
		}
		for _, r := range runnertest.Rules() {
			require.True(t, broken[r.Test+": "+r.Name], "no broken service for %s: %q", r.Test, r.Name)
		}
	})
}

func ruleOf(t *testing.T, test, name string) runnertest.Rule {
	t.Helper()
	for _, r := range runnertest.Rules() {
		if r.Test == test && r.Name == name {
			return r
		}
	}
	require.Fail(t, "there is no such rule", "%s: %q", test, name)
	return runnertest.Rule{}
}
