package journal_test

import (
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/runner"
)

var (
	_ runner.Observer      = journal.Observer{}
	_ runner.Observer      = journal.Silent{}
	_ runner.StateObserver = journal.States{}
)

func TestObserver(t *testing.T) {
	t.Run("records what a Runner does", func(t *testing.T) {
		var j journal.Journal
		r := runner.NewRunner(runner.WithSignals(), runner.WithObserver(journal.Observer{Journal: &j}))
		require.NoError(t, r.Run(t.Context(), loaded{j.Stopping("db", journal.Fails(errBoom))}))
		require.Error(t, r.Finish(t.Context()))
		require.Equal(t, []string{
			"before load", "after load",
			"before start db", "start db", "after start db",
			"before stop db", "stop db", `after stop db: stop "db": boom`,
		}, j.Lines())
	})

	t.Run("records errors and signals", func(t *testing.T) {
		var j journal.Journal
		observer := journal.Observer{Journal: &j}
		observer.AfterStart(t.Context(), j.Resource("db"), errBoom)
		observer.AfterLoad(t.Context(), loaded{}, errBoom)
		observer.SignalReceived(os.Interrupt)
		require.Equal(t, "after start db: boom, after load: boom, signal interrupt", j.String())
	})
}

func TestStates(t *testing.T) {
	t.Run("records states and nothing else", func(t *testing.T) {
		var j journal.Journal
		r := runner.NewRunner(runner.WithSignals(), runner.WithObserver(journal.States{Journal: &j}))
		require.NoError(t, r.Run(t.Context(), loaded{runner.NewResource("db", nil, nil)}))
		require.NoError(t, r.Finish(t.Context()))
		require.Equal(t, "starting, ready, stopping, stopped", j.String())
	})
}

// loaded is a Resource that is Configurable.
type loaded struct{ runner.Resource }

func (loaded) Load(context.Context) error { return nil }
