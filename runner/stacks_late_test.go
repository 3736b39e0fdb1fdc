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
// runs in real time: in a bubble no time passes while a profile is taken.
func TestStacksThatComeLate(t *testing.T) {
	const stuckServices = 200
	over := make(chan struct{})
	services := many(stuckServices, func(name string) runner.Service { return runner.NewResource(name, nil, stuckHere(over)) })
	var heard atomic.Int32
	r := newRunner(runner.WithObserver(&told{afterStop: func() { heard.Add(1) }}))
	require.NoError(t, r.Run(t.Context(), services...))
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	abandoned := abandonedIn(r.Finish(ctx))
	require.Len(t, abandoned, stuckServices)
	require.EqualValues(t, stuckServices, heard.Load(), "Observers hear of each stop")
	stacks := 0
	for _, timeout := range abandoned {
		if bytes.Contains(timeout.Stack, []byte("stuckHere")) {
			stacks++
		}
	}
	require.Greater(t, stacks, stuckServices/4, "a busy machine may take a profile too slowly for some")

	close(over)
	ctx, cancel = context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, r.Finish(ctx), "the next one takes the results of the stops that were abandoned")
	require.Empty(t, names(r))
}
