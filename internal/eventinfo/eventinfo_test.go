package eventinfo_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/eventinfo"
)

func TestInfo(t *testing.T) {
	info := &eventinfo.Info{
		Subjects: []eventinfo.Subject{{Name: "db", Kind: "resource"}, {Name: "api", Kind: "server", After: []string{"db"}}},
		Services: 2, Elapsed: time.Second,
	}

	t.Run("goes with a context, and those made of it", func(t *testing.T) {
		ctx, cancel := context.WithCancel(eventinfo.With(t.Context(), info))
		defer cancel()
		require.Equal(t, *info, eventinfo.From(ctx))
	})

	t.Run("is empty without one", func(t *testing.T) {
		require.Zero(t, eventinfo.From(t.Context()))
		require.Zero(t, eventinfo.From(context.WithValue(t.Context(), eventinfo.Key{}, "no info")))
	})

	t.Run("describes the services by their positions", func(t *testing.T) {
		subject, ok := info.Subject(1)
		require.True(t, ok)
		require.Equal(t, info.Subjects[1], subject)
		_, ok = info.Subject(2)
		require.False(t, ok)
		_, ok = eventinfo.Info{}.Subject(0)
		require.False(t, ok)
	})
}
