package fxservices_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
)

// run runs an application of opts alone, which have to contain a Module.
func (j *journal) runAll(t *testing.T, opts ...fx.Option) error {
	t.Helper()
	return fxservices.Run(t.Context(), append(opts, fx.NopLogger, fx.Supply(j))...)
}

func TestPlaceOfModule(t *testing.T) {
	migrate := fx.Invoke(func(j *journal, lc fx.Lifecycle, down fx.Shutdowner, _ *DB) {
		lc.Append(fx.StartHook(func() error {
			j.Note("migrate")
			return down.Shutdown()
		}))
	})
	services := fxservices.Provide(NewDB, NewAPI)
	for name, opts := range map[string][]fx.Option{
		"first":         {module(), services, migrate},
		"last":          {services, migrate, module()},
		"in the middle": {services, module(), migrate},
		"in a group":    {fx.Options(fx.Options(module()), services), migrate},
	} {
		inBubble(t, "does not matter to Run: "+name, func(t *testing.T) {
			j := &journal{}
			require.NoError(t, j.runAll(t, opts...))
			require.Equal(t, "start db, migrate, listen api, close api, stop db", j.String())
		})
	}

	inBubble(t, "can be used again after Run", func(t *testing.T) {
		m := module()
		j := &journal{}
		require.NoError(t, j.runAll(t, m, services, migrate))
		j = &journal{}
		app := j.application(services, m)
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		require.Equal(t, "listen api, close api", j.String())
	})
}

func TestPlaceOfTimeouts(t *testing.T) {
	for name, around := range map[string]func(timeout fx.Option) []fx.Option{
		"before Module": func(timeout fx.Option) []fx.Option { return []fx.Option{timeout, module()} },
		"after Module":  func(timeout fx.Option) []fx.Option { return []fx.Option{module(), timeout} },
		"in a group":    func(timeout fx.Option) []fx.Option { return []fx.Option{fx.Options(fx.NopLogger, timeout), module()} },
		"the last":      func(timeout fx.Option) []fx.Option { return []fx.Option{fx.StartTimeout(time.Hour), timeout, module()} },
	} {
		inBubble(t, "does not matter to Run: "+name, func(t *testing.T) {
			j := &journal{}
			began := time.Now()
			err := j.runAll(t, append(around(fx.StartTimeout(time.Minute)), cacheThat(waits, nothing))...)
			require.ErrorContains(t, err, "start of the application timed out after 1m0s")
			require.Equal(t, 55*time.Second, time.Since(began))
		})
	}
}
