package runner_test

import (
	"flag"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestMachine plays random cases: services of all kinds that misbehave in all
// ways, and calls of all methods from many goroutines. Then it looks at all that
// happened. It plays the same cases every time unless flags of rapid say otherwise.
func TestMachine(t *testing.T) {
	preset(t, map[string]string{"rapid.checks": "2000", "rapid.seed": "1", "rapid.nofailfile": "true"})
	first := true
	rapid.Check(t, func(rt *rapid.T) {
		p := drawPlan(rt)
		if wrong := playInBubble(t, p); wrong != "" {
			rt.Logf("%s\n%+v", wrong, p)
			if first { // rapid does not show a case that it cannot repeat
				t.Logf("%s\n%+v", wrong, p)
			}
			first = false
			broken, _, _ := strings.Cut(wrong, ":")
			rt.Fatal(broken) // rapid shrinks to cases with the same message
		}
	})
}

// playInBubble returns what went wrong, or nothing.
func playInBubble(t *testing.T, p plan) (wrong string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m := newMachine(p)
		if all := m.play(t.Context()); len(all) > 0 {
			wrong = strings.Join(all, "\n") + "\n" + m.String()
		}
	})
	return wrong
}

// preset sets flags that the command line does not.
func preset(t *testing.T, values map[string]string) {
	t.Helper()
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for name, value := range values {
		if given[name] || given["rapid.checks"] {
			continue
		}
		f := flag.Lookup(name)
		was := f.Value.String()
		require.NoError(t, f.Value.Set(value))
		t.Cleanup(func() { require.NoError(t, f.Value.Set(was)) })
	}
}
