package runner_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// stuckHere and stuckThere are told apart by their names in a stack.
func stuckHere(over chan struct{}) call  { return func(context.Context) error { <-over; return nil } }
func stuckThere(over chan struct{}) call { return func(context.Context) error { <-over; return nil } }

func TestStacks(t *testing.T) {
	inBubble(t, "are those of one service, though others are stuck too", func(t *testing.T) {
		over := make(chan struct{})
		defer close(over)
		r := newRunner(runner.WithStopTimeout(time.Second), runner.WithContinueOnStopError())
		require.NoError(t, r.Start(t.Context(),
			runner.NewResource("here", nil, stuckHere(over)),
			runner.NewResource("there", nil, stuckThere(over))))
		stacks := stacksOf(r.Finish(t.Context()))
		require.Contains(t, stacks["here"], "stuckHere")
		require.NotContains(t, stacks["here"], "stuckThere")
		require.Contains(t, stacks["there"], "stuckThere")
		require.NotContains(t, stacks["there"], "stuckHere")
	})

	inBubble(t, "are in the error of the call that is stuck, also after a Close that was late", func(t *testing.T) {
		over := make(chan struct{})
		defer time.Sleep(time.Minute) // it is closed once more
		defer close(over)
		r := newRunner(runner.WithStopTimeout(time.Second))
		late := func(context.Context) error {
			time.Sleep(time.Second)
			return errBoom
		}
		require.NoError(t, r.Start(t.Context(), runner.NewServer("api", stuckHere(over), late)))
		timeouts := timeoutsIn(r.Finish(t.Context()))
		require.Len(t, timeouts, 2)
		require.False(t, timeouts[0].Abandoned)
		require.Empty(t, timeouts[0].Stack)
		require.True(t, timeouts[1].Abandoned)
		require.Contains(t, string(timeouts[1].Stack), "stuckHere")
	})
}

// timeoutsIn returns all timeouts in the tree of err.
func timeoutsIn(err error) (all []*runner.TimeoutError) {
	if timeout, ok := err.(*runner.TimeoutError); ok { //nolint:errorlint // this very one
		all = append(all, timeout)
	}
	switch err := err.(type) { //nolint:errorlint // its children follow
	case interface{ Unwrap() []error }:
		for _, err := range err.Unwrap() {
			all = append(all, timeoutsIn(err)...)
		}
	case interface{ Unwrap() error }:
		all = append(all, timeoutsIn(err.Unwrap())...)
	}
	return all
}

// stacksOf returns the stack of each service in a joined error.
func stacksOf(err error) map[string]string {
	stacks := map[string]string{}
	for _, err := range err.(interface{ Unwrap() []error }).Unwrap() {
		var failed *runner.ServiceError
		var timeout *runner.TimeoutError
		if errors.As(err, &failed) && errors.As(err, &timeout) {
			stacks[failed.Name] = string(timeout.Stack)
		}
	}
	return stacks
}
