package fxservices_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// Each of these races with the end of the start, and is tried often.
const tries = 200

// newLeaving makes an API that shuts the application down and fails, one right after the other, once everything is up.
func newLeaving(j *journal, down fx.Shutdowner, r *runner.Runner) *API {
	return &API{j.Server("api", func(context.Context) error {
		<-r.Ready()
		if err := down.Shutdown(fx.ExitCode(20)); err != nil {
			return err
		}
		return errBoom
	})}
}

// newPair makes servers that fail at once, as soon as both serve.
func newPair(j *journal) (*API, *Admin) {
	both := make(chan struct{})
	return &API{j.Server("api", func(context.Context) error { <-both; return errBoom })},
		&Admin{j.Server("admin", func(context.Context) error { close(both); return errBoom })}
}

func TestFailureIsNeverLost(t *testing.T) {
	t.Run("right after a Shutdown, which decides the exit code of Run", func(t *testing.T) {
		for range tries {
			err := (&journal{}).run(t.Context(), fxservices.Provide(newLeaving))
			require.EqualError(t, err, "shut down with exit code 20\nlisten \"api\": boom")
			require.Equal(t, 20, fxservices.ExitCode(err))
		}
	})

	t.Run("right after a Shutdown in plain fx, and is the error of the stop", func(t *testing.T) {
		for range tries {
			app := (&journal{}).build(t, fxservices.Provide(newLeaving))
			require.NoError(t, app.Start(t.Context()))
			require.Equal(t, 20, (<-app.Wait()).ExitCode)
			require.EqualError(t, app.Stop(t.Context()), `listen "api": boom`)
		}
	})

	t.Run("beside another at the same time", func(t *testing.T) {
		for range 5 * tries {
			err := (&journal{}).run(t.Context(), fxservices.Provide(newPair))
			require.ErrorContains(t, err, `listen "api": boom`)
			require.ErrorContains(t, err, `listen "admin": boom`)
			require.Equal(t, 1, fxservices.ExitCode(err))
		}
	})
}
