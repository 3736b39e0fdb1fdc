package runner_test

import (
	"bytes"
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// TestStacksThatComeLate has services that share so little time that most are abandoned before their profile is there. It
// runs in real time: in a bubble no time passes while a profile is taken. A busy machine may take a profile too slowly for
// most of them, but not time after time.
func TestStacksThatComeLate(t *testing.T) {
	const stuckServices, rounds = 200, 10
	most := 0
	for round := 0; round < rounds && most <= stuckServices/4; round++ {
		most = max(most, lateStacks(t, stuckServices))
	}
	require.Greater(t, most, stuckServices/4)
}

// lateStacks stops n stuck services in a millisecond, and returns how many of the errors have a stack.
func lateStacks(t *testing.T, n int) (stacks int) {
	t.Helper()
	over := make(chan struct{})
	services := many(n, func(name string) runner.Service { return runner.NewResource(name, nil, stuckHere(over)) })
	var heard atomic.Int32
	r := newRunner(runner.WithObserver(&told{afterStop: func() { heard.Add(1) }}))
	require.NoError(t, r.Run(t.Context(), services...))
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	abandoned := abandonedIn(r.Finish(ctx))
	require.Len(t, abandoned, n)
	require.EqualValues(t, n, heard.Load(), "Observers hear of each stop")
	for _, timeout := range abandoned {
		if bytes.Contains(timeout.Stack, []byte("stuckHere")) {
			stacks++
		}
	}

	close(over)
	ctx, cancel = context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, r.Finish(ctx), "the next one takes the results of the stops that were abandoned")
	require.Empty(t, names(r))
	return stacks
}
