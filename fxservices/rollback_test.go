package fxservices_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
)

func TestRollbackThatIsCutShort(t *testing.T) {
	inBubble(t, "names the signal once", func(t *testing.T) {
		j, signals := &journal{}, newListener()
		newDB := func(j *journal) *DB { return &DB{j.Stopping("db", waits)} }
		newCache := func(j *journal, _ *DB) *Cache { return &Cache{j.Resource("cache", fails(errBoom))} }
		for n := range 2 {
			time.AfterFunc(time.Duration(n+1)*time.Second, func() { signals <- syscall.SIGTERM })
		}
		err := fxservices.Run(t.Context(), fx.NopLogger, fx.Supply(j), fxservices.Module(signals.heard()),
			fxservices.Provide(newDB, newCache), needing[*Cache]())
		require.EqualError(t, err, "start \"cache\": boom\nstop \"db\": received signal terminated: context canceled")
		require.Equal(t, "start db, start cache, stop db", j.String())
	})
}
