package runner_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

func TestSchedule(t *testing.T) {
	inBubble(t, "keeps the given order where nothing asks for another", func(t *testing.T) {
		var j journal
		r := newRunner()
		a, b, c, d := j.resource("a"), j.resource("b"), j.resource("c"), j.resource("d")
		require.NoError(t, r.Run(t.Context(), a, b, c, runner.With(d, runner.After(a))))
		require.Equal(t, []string{"start a", "start b", "start c", "start d"}, j.all())
		finish(t, r)
		require.Equal(t, []string{"stop d", "stop c", "stop b", "stop a"}, j.all()[4:])
	})

	inBubble(t, "ends with the first failure of a stop, once what stops beside has stopped", func(t *testing.T) {
		var j journal
		r := newRunner(runner.WithConcurrency(0))
		bad := true
		a, b := j.resource("a"), j.stopping("b", takes(time.Second))
		failing := runner.NewResource("c", nil, func(context.Context) error {
			if time.Sleep(time.Second / 2); bad {
				return errBoom
			}
			return nil
		})
		require.NoError(t, r.Run(t.Context(), a, runner.With(b, runner.After(a)), failing))
		requireServiceError(t, r.Finish(t.Context()), runner.OpStop, "c", errBoom)
		require.Equal(t, []string{"start a", "start b", "stop b"}, j.all())
		require.ElementsMatch(t, []string{"a", "c"}, names(r), "a later Finish tries again from there")
		bad = false
		finish(t, r)
		require.Equal(t, []string{"stop a"}, j.all()[3:])
	})
}
