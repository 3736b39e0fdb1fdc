package constructor_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/constructor"
)

func TestLocated(t *testing.T) {
	t.Run("makes errors of fx name the function of the user", func(t *testing.T) {
		f := parse(t, func(string) *db { return nil })
		manage, _ := collect()
		app := fx.New(fx.NopLogger, fx.Provide(constructor.Located(f.Wrap(nil, manage), pc(newDB))), fx.Invoke(func(*db) {}))
		require.ErrorContains(t, app.Err(), fileAndLine(newDB))
		require.NotContains(t, app.Err().Error(), "makeFuncStub")
	})
}
