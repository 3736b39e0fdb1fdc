package fxservices_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
)

func TestMistakes(t *testing.T) {
	t.Run("no Module is an error of fx.ValidateApp, which calls nothing", func(t *testing.T) {
		for _, opt := range []fx.Option{fxservices.Provide(NewDB), fxservices.Supply(NewDB(&journal{}))} {
			err := fx.ValidateApp(fx.NopLogger, fx.Supply(&journal{}), opt)
			require.ErrorContains(t, err, "missing type: fxservices.oneModulePerApplication")
			require.ErrorContains(t, (&journal{}).application(opt).Err(), "fxservices: Module is missing: give fxservices.Module() to fx.New")
			require.NoError(t, fx.ValidateApp(fx.NopLogger, fx.Supply(&journal{}), opt, module()))
		}
	})

	t.Run("fx.Annotate of fx.Annotate names the function", func(t *testing.T) {
		twice := fx.Annotate(fx.Annotate(NewDB, fx.ResultTags(`name:"a"`)), fx.ResultTags(`name:"b"`))
		require.EqualError(t, refusal(t, fxservices.Provide(twice)),
			"fxservices.Provide: "+nameAndLocation(NewDB)+": fx.Annotate of fx.Annotate: give all annotations to one call")
	})

	t.Run("two services of one type name the calls of Supply", func(t *testing.T) {
		one, two := NewDB(&journal{}), NewDB(&journal{})
		for _, opt := range []fx.Option{fxservices.Supply(one, two), fx.Options(fxservices.Supply(one), fxservices.Supply(one))} {
			err := refusal(t, opt)
			require.ErrorContains(t, err, "cannot provide *fxservices_test.DB")
			require.Regexp(t, `already provided by "github.com/go-fxservices/services/fxservices_test".TestMistakes.func\d+ \(.*mistakes_test.go:\d+\)`, err.Error())
		}
	})

	t.Run("a decorator of what Module decorates is explained", func(t *testing.T) {
		for _, decorator := range []any{
			func(lc fx.Lifecycle) fx.Lifecycle { return lc },
			func(down fx.Shutdowner) fx.Shutdowner { return down },
		} {
			err := (&journal{}).runAll(t, module(), fx.Decorate(decorator), fxservices.Provide(NewAPI))
			require.ErrorContains(t, err, "fxservices.Module decorates fx.Lifecycle and fx.Shutdowner; decorate them inside an fx.Module: ")
		}
	})
}
