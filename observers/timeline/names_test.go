package timeline_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/eventinfo"
	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/runner"
)

// silent is a service that must not be asked for its name.
type silent struct{ runner.Resource }

func (*silent) Name() string               { panic("asked") }
func (*silent) Load(context.Context) error { return nil }

func TestNames(t *testing.T) {
	info := func(names ...string) context.Context {
		all := &eventinfo.Info{}
		for _, name := range names {
			all.Subjects = append(all.Subjects, eventinfo.Subject{Name: name, Kind: "resource"})
		}
		return eventinfo.With(t.Context(), all)
	}
	db, cache := &silent{}, &silent{}
	live := func(tl *timeline.Timeline, s *silent, name string) {
		tl.BeforeLoad(info(name), s)
		tl.AfterLoad(info(name), s, nil)
		tl.BeforeStart(info(name), s)
		tl.BeforeRetry(info(name), s, 1)
		tl.AfterStart(info(name), s, nil)
		tl.BeforeStop(info(name), s)
		tl.AfterStop(info(name), s, nil)
	}

	t.Run("are those that the Runner knows, and no service is asked again", func(t *testing.T) {
		tl := timeline.New()
		tl.ServicesQueued(info("db", "cache"), []runner.Service{db, cache})
		live(tl, cache, "cache")
		live(tl, db, "db")
		require.Equal(t, []string{"db", "cache"}, namesOf(tl.Snapshot()))
		require.Equal(t, runner.KindResource, tl.Snapshot().Services[1].Kind)
	})

	t.Run("are known from the first event where nobody queues services", func(t *testing.T) {
		tl := timeline.New()
		live(tl, db, "db")
		require.Equal(t, []string{"db"}, namesOf(tl.Snapshot()))
	})
}
