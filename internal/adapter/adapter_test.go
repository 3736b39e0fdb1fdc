package adapter_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-fxservices/services/internal/adapter"
	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestApply(t *testing.T) {
	for name, r := range map[string]*runner.Runner{
		"a Runner":        runner.NewRunner(runner.WithSignals()),
		"the zero Runner": {},
	} {
		t.Run("adds an option to "+name, func(t *testing.T) {
			var started []string
			adapter.Apply(r, runner.WithObserver(observers.Funcs{
				OnAfterStart: func(_ context.Context, s runner.Service, _ error) { started = append(started, s.Name()) },
			}))
			require.NoError(t, r.Run(t.Context(), runner.NewResource("db", nil, nil)))
			require.NoError(t, r.Finish(t.Context()))
			require.Equal(t, []string{"db"}, started)
		})
	}
}
