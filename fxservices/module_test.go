package fxservices_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
	"go.uber.org/fx/fxtest"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

func TestModule(t *testing.T) {
	t.Run("is missing: an error that says so", func(t *testing.T) {
		for name, opt := range map[string]fx.Option{
			"Provide":            fxservices.Provide(NewAPI),
			"Provide of a need":  fx.Options(needing[*DB](), fxservices.Provide(NewDB)),
			"Supply":             fxservices.Supply(NewAPI(&journal{})),
			"Supply of function": fxservices.Supply(runner.NewResource("db", nil, nil)),
			"Observe":            fxservices.Observe(newWitness),
			"Register":           fx.Options(fx.Provide(NewDB), fx.Invoke(fxservices.Register[*DB])),
			"in a module":        fx.Module("inner", fxservices.Provide(NewAPI), needing[*API]()),
		} {
			err := (&journal{}).application(opt).Err()
			require.ErrorContains(t, err, "fxservices: Module is missing: give fxservices.Module() to fx.New", name)
		}
	})

	t.Run("is inside an fx.Module: an error that says so", func(t *testing.T) {
		nested := fx.Module("inner", module())
		require.ErrorContains(t, (&journal{}).application(nested).Err(),
			"fx.StopTimeout Option should be passed to top-level App, not to fx.Module")
		require.ErrorContains(t, fxservices.Run(t.Context(), fx.NopLogger, nested),
			"fxservices.Module must be given to fx.New itself, not inside an fx.Module: ")
	})

	t.Run("is there twice: an error that says so", func(t *testing.T) {
		for _, err := range building(module()) {
			require.ErrorContains(t, err, "fxservices.oneModulePerApplication")
			require.ErrorContains(t, err, "already provided")
		}
	})

	t.Run("may be in any place among the options", func(t *testing.T) {
		for _, opts := range [][]fx.Option{
			{module(), fxservices.Provide(NewAPI), fx.Provide(NewRepo), fxservices.Provide(NewDB), needing[*Repo]()},
			{fxservices.Provide(NewAPI), fx.Provide(NewRepo), needing[*Repo](), fxservices.Provide(NewDB), fx.Options(module())},
		} {
			j := &journal{}
			app := j.application(opts...)
			require.NoError(t, app.Start(t.Context()))
			require.NoError(t, app.Stop(t.Context()))
			require.Contains(t, j.String(), "start db, start hook repo")
			require.Contains(t, j.String(), "stop hook repo")
			require.Contains(t, j.String(), "listen api")
		}
	})

	t.Run("alone makes an application that starts and stops", func(t *testing.T) {
		require.Equal(t, "starting, ready, stopping, stopped", live(t, fxservices.Observe(newStates)))
	})

	t.Run("skips nil options", func(t *testing.T) {
		app := (&journal{}).application(module(nil), fxservices.Provide(NewAPI))
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
	})

	t.Run("provides the Runner, which knows what is started", func(t *testing.T) {
		var r *runner.Runner
		app := (&journal{}).build(t, fxservices.Provide(NewChain, NewCache, NewDB), fx.Populate(&r))
		require.NoError(t, app.Start(t.Context()))
		names := []string{}
		for _, status := range r.Services() {
			names = append(names, status.Name)
		}
		require.Equal(t, []string{"db", "cache", "api"}, names)
		require.NoError(t, app.Stop(t.Context()))
	})

	t.Run("passes options to the Runner, several times", func(t *testing.T) {
		j := &journal{}
		app := j.application(fxservices.Provide(NewAPI), module(
			fxservices.WithRunner(runner.WithObserver(newStates(j))),
			fxservices.WithRunner(nil, runner.WithObserver(newStates(j))),
		))
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, "starting, starting, listen api, ready, ready, stopping, stopping, close api, stopped, stopped", j.String())
	})

	t.Run("keeps fx from cutting anything: its timeouts are longer than a day", func(t *testing.T) {
		app := (&journal{}).build(t)
		require.Greater(t, app.StartTimeout(), 24*time.Hour)
		require.Greater(t, app.StopTimeout(), 24*time.Hour)
	})

	t.Run("knows that http.ErrServerClosed says only that a server is closed", func(t *testing.T) {
		newAPI := func(j *journal) *API { return &API{j.Server("api", untilEnd, fails(http.ErrServerClosed))} }
		require.Equal(t, apiLives, live(t, fxservices.Provide(newAPI)))
	})
}

func TestModuleInTests(t *testing.T) {
	t.Run("works with fxtest.New", func(t *testing.T) {
		j := &journal{}
		app := fxtest.New(t, fx.Supply(j), fxservices.Module(), fxservices.Provide(NewChain, NewCache, NewDB))
		app.RequireStart()
		app.RequireStop()
		require.Equal(t, "start db, start cache, listen api, close api, stop cache, stop db", j.String())
	})

	t.Run("works twice in one process", func(t *testing.T) {
		one, two := &journal{}, &journal{}
		apps := []*fx.App{one.build(t, fxservices.Provide(NewAPI)), two.build(t, fxservices.Provide(NewAPI))}
		for _, app := range apps {
			require.NoError(t, app.Start(t.Context()))
		}
		for _, app := range apps {
			require.NoError(t, app.Stop(t.Context()))
		}
		require.Equal(t, apiLives, one.String())
		require.Equal(t, apiLives, two.String())
	})
}

func TestServerFailureAfterStart(t *testing.T) {
	inBubble(t, "ends App.Wait with exit code 1, and App.Stop returns the cause", func(t *testing.T) {
		newAPI := func(j *journal, _ *DB) *API { return &API{j.Server("api", takes(time.Hour), fails(errBoom))} }
		j := &journal{}
		app := j.build(t, fxservices.Provide(newAPI, NewDB))
		require.NoError(t, app.Start(t.Context()))
		require.Equal(t, 1, (<-app.Wait()).ExitCode)
		require.EqualError(t, app.Stop(t.Context()), `listen "api": boom`)
		require.Equal(t, "start db, listen api, close api, stop db", j.String())
	})

	inBubble(t, "during the start rolls back", func(t *testing.T) {
		newAPI := func(j *journal) *API { return &API{j.Server("api", takes(time.Second), fails(errBoom))} }
		newCache := func(j *journal, _ *API, _ *DB) *Cache { return &Cache{j.Resource("cache", waits)} }
		j := &journal{}
		app := j.build(t, fxservices.Provide(newAPI, newCache, NewDB), needing[*Cache]())
		err := app.Start(t.Context())
		require.ErrorIs(t, err, errBoom)
		require.EqualError(t, err, `listen "api": boom`)
		require.Equal(t, "listen api, start db, start cache, stop db, close api", j.String())
	})

	inBubble(t, "is seen after the second start, too", func(t *testing.T) {
		failsAfterAnHour := func(ctx context.Context) error {
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(time.Hour):
				return errBoom
			}
		}
		newAPI := func(j *journal) *API { return &API{j.Server("api", failsAfterAnHour)} }
		app := (&journal{}).build(t, fxservices.Provide(newAPI))
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		require.NoError(t, app.Start(t.Context()))
		began := time.Now()
		require.Equal(t, 1, (<-app.Wait()).ExitCode)
		require.Equal(t, time.Hour, time.Since(began), "the first Stop has not shut down the second start")
		require.ErrorIs(t, app.Stop(t.Context()), errBoom)
	})

	inBubble(t, "is forgotten by the next start", func(t *testing.T) {
		broken := true
		newAPI := func(j *journal) *API {
			return &API{j.Server("api", func(ctx context.Context) error {
				if broken {
					time.Sleep(time.Second)
					return errBoom
				}
				return untilEnd(ctx)
			})}
		}
		app := (&journal{}).build(t, fxservices.Provide(newAPI))
		require.NoError(t, app.Start(t.Context()))
		<-app.Wait()
		require.ErrorIs(t, app.Stop(t.Context()), errBoom)
		broken = false
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
	})
}
