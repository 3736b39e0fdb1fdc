package runner_test

import (
	"runtime/debug"
	"strings"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"github.com/go-fxservices/services/internal/testing/fixedcases"
)

// TestMachine plays random cases: services of all kinds that misbehave in all
// ways, and calls of all methods from many goroutines. Then it looks at all that
// happened. It plays the same cases every time unless flags of rapid say otherwise.
func TestMachine(t *testing.T) {
	fixedcases.Use(t, 2000)
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // a case is short-lived garbage
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
