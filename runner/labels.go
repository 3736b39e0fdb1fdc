package runner

import (
	"context"
	"runtime/pprof"
	"sync"
)

// labelKey is the profiler label that carries the name of the service whose code a goroutine runs. Goroutines that this
// code starts inherit it.
const labelKey = "service"

// known has a context with the label for each name, so that a name costs once. It is bounded, since programs may make up
// names while they run.
var known = struct {
	mu       sync.Mutex
	contexts map[string]context.Context
}{contexts: make(map[string]context.Context)}

const maxKnown = 1 << 14

// labelled returns a context that has the labels of values and the one for name.
func labelled(values context.Context, name string) context.Context {
	return pprof.WithLabels(values, pprof.Labels(labelKey, name))
}

// label returns a context that has just the label for name.
func label(name string) context.Context {
	known.mu.Lock()
	defer known.mu.Unlock()
	ctx, ok := known.contexts[name]
	if !ok {
		ctx = labelled(context.Background(), name)
		if len(known.contexts) < maxKnown {
			known.contexts[name] = ctx
		}
	}
	return ctx
}

func hasLabels(ctx context.Context) (has bool) {
	pprof.ForLabels(ctx, func(string, string) bool {
		has = true
		return false
	})
	return has
}
