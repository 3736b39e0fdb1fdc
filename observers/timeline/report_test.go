package timeline_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/retryevents"
	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/runner"
)

// recorded are Snapshots of programs, each by the name of its golden files.
var recorded = map[string]func(*testing.T) timeline.Snapshot{
	"constructing": func(*testing.T) timeline.Snapshot {
		tl := timeline.New()
		time.Sleep(5 * ms)
		return tl.Snapshot()
	},
	"stopped": func(t *testing.T) timeline.Snapshot {
		r, tl := record(runner.WithContinueOnStopError())
		time.Sleep(12 * ms)
		require.NoError(t, r.Start(t.Context(), program()...))
		time.Sleep(time.Minute)
		require.Error(t, r.Finish(t.Context()))
		return tl.Snapshot()
	},
	"starting": func(t *testing.T) timeline.Snapshot {
		ctx, cancel := context.WithCancel(t.Context())
		r, tl := record(runner.WithConcurrency(2))
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = r.Run(ctx, graphed()...)
		}()
		time.Sleep(73 * ms)
		s := tl.Snapshot()
		cancel()
		<-done
		return s
	},
	"started": func(t *testing.T) timeline.Snapshot {
		r, tl := record(runner.WithConcurrency(2))
		require.NoError(t, r.Start(t.Context(), graphed()...))
		s := tl.Snapshot()
		require.NoError(t, r.Finish(t.Context()))
		return s
	},
	"failed": func(t *testing.T) timeline.Snapshot {
		r, tl := record()
		broker := &slow{name: "broker", start: 30 * ms, startErr: errors.New("connection refused\nby all of its hosts")}
		require.Error(t, r.Run(t.Context(), &slow{name: "db", start: 20 * ms, stop: 7 * ms}, broker, resource("api", 0)))
		return tl.Snapshot()
	},
	"server failed": func(t *testing.T) timeline.Snapshot {
		r, tl := record()
		require.Error(t, r.Run(t.Context(), resource("db", 2*ms), runner.NewServer("api", func(context.Context) error {
			time.Sleep(time.Second)
			return errRefused
		}, nil)))
		return tl.Snapshot()
	},
	"limited": func(t *testing.T) timeline.Snapshot {
		tl := timeline.New(timeline.WithLimit(1))
		tl.ServicesQueued(t.Context(), []runner.Service{resource("db", 0), resource("api", 0)})
		return tl.Snapshot()
	},
}

// program is a sequence with one of everything.
func program() []runner.Service {
	var retried runner.Resource
	retried = runner.NewResource("retried", func(ctx context.Context) error {
		for n := range 3 {
			retryevents.From(ctx).BeforeRetry(ctx, retried, n+1)
			time.Sleep(10*ms + 345678)
		}
		return nil
	}, nil)
	return []runner.Service{
		&loading{slow{name: "db", start: 1234567 * time.Microsecond, stop: 3 * ms}},
		&checked{slow: slow{name: "broker", start: 10 * ms, stop: 20 * ms}, after: 7 * ms},
		retried,
		&slow{name: "cache", start: 500, stop: 2 * ms, refuse: errRefused},
		runner.NewServer("api", nil, nil),
	}
}

// graphed are services that start after each other, and do not when given in their
// order.
func graphed() []runner.Service {
	db, cache := resource("db", 20*ms), resource("cache", 65*ms)
	migrations := runner.With(resource("migrations", 30*ms), runner.After(db))
	return []runner.Service{
		db, cache, resource("mail", 5*ms), migrations,
		&loading{*resource("search", 90*ms)},
		&checked{slow: *resource("index", 0), after: time.Second},
		runner.With(resource("hook", ms), runner.Barrier("a plain hook")),
		runner.With(runner.NewServer("api", nil, nil), runner.After(cache, migrations)),
	}
}

func TestReports(t *testing.T) {
	for name, program := range recorded {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := program(t)
				var text, compact, indented bytes.Buffer
				require.NoError(t, s.WriteText(&text))
				require.NoError(t, s.WriteJSON(&compact))
				require.NoError(t, json.Indent(&indented, compact.Bytes(), "", "  "))
				file := strings.ReplaceAll(name, " ", "-")
				requireGolden(t, "text/"+file+".txt", text.Bytes())
				requireGolden(t, "json/"+file+".json", indented.Bytes())
			})
		})
	}
}

func text(t testing.TB, s timeline.Snapshot) string {
	t.Helper()
	var out strings.Builder
	require.NoError(t, s.WriteText(&out))
	return out.String()
}

func TestWriteText(t *testing.T) {
	t.Run("keeps names and errors on their lines, and says how far services got", func(t *testing.T) {
		s := timeline.Snapshot{Began: began, Taken: at(10), Services: []timeline.Service{
			{Name: "two\nlines", StartBegan: began, Ready: at(1)},
			{Name: "", StartBegan: began, Ready: at(1)},
			{Name: "\xff", StartBegan: began, Ready: at(1)},
			{Name: "right to\u202eleft", StartBegan: began, Ready: at(1)},
			{Name: `of "quotes" é 日本`, StartBegan: began, Failed: at(1), Err: errors.New("first\r\nsecond")},
			{Name: strings.Repeat("é", 60), StartBegan: began, Failed: at(1)},
			{Name: strings.Repeat("é", 61), StartBegan: began, Failed: at(1), Err: errors.New(strings.Repeat("e", 1000))},
			{Name: "loads", LoadBegan: at(8)},
			{Name: "loaded", LoadBegan: at(8), Loaded: at(9)},
			{Name: "set back", StartBegan: at(-5), Failed: at(1), Err: panics{}},
		}}
		requireGolden(t, "text/names.txt", []byte(text(t, s)))
	})

	t.Run("writes everything known of a Snapshot made by hand", func(t *testing.T) {
		require.Equal(t, "no times of the application are known\n", text(t, timeline.Snapshot{}))
		require.Equal(t, "no times of the application are known\n\n"+
			"own  waited  service\n1ms       -  db\n\n"+
			"critical path: @ when it began, + what it took\ndb +1ms\n",
			text(t, timeline.Snapshot{Services: []timeline.Service{{Name: "db", StartBegan: at(0), Ready: at(1)}}}))
		require.Equal(t, "stopping for 10ms\n",
			text(t, timeline.Snapshot{Taken: at(20), ShutdownBegan: at(10), Ready: at(5)}))
	})

	t.Run("indents a long path only so far", func(t *testing.T) {
		own, after := make([]int, 1000), make([][]int, 1000)
		for i := range own {
			if own[i] = 1; i > 0 {
				after[i] = []int{i - 1}
			}
		}
		for line := range strings.Lines(text(t, graph(own, after))) {
			require.LessOrEqual(t, len(line), 100)
		}
	})

	t.Run("returns the error of the writer", func(t *testing.T) {
		require.ErrorIs(t, timeline.Snapshot{}.WriteText(broken{}), io.ErrClosedPipe)
	})
}

type panics struct{}

func (panics) Error() string { panic("no text") }

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestWriteJSON(t *testing.T) {
	t.Run("returns the error of the writer", func(t *testing.T) {
		require.ErrorIs(t, timeline.Snapshot{}.WriteJSON(broken{}), io.ErrClosedPipe)
	})

	t.Run("lets no step end before it began", func(t *testing.T) {
		s := timeline.Snapshot{Began: at(5), Constructed: at(0), ShutdownBegan: at(3723500), Stopped: at(3723500 * 2)}
		var out bytes.Buffer
		require.NoError(t, s.WriteJSON(&out))
		require.Contains(t, out.String(), `"endTime":"2026-01-02T03:04:05.005Z","duration":"PT0S"`)
		require.Contains(t, out.String(), `"duration":"PT3723.5S"`)
	})

	t.Run("has no events where nothing has happened", func(t *testing.T) {
		var out bytes.Buffer
		require.NoError(t, timeline.Snapshot{}.WriteJSON(&out))
		require.JSONEq(t, `{"timeline":{"startTime":"0001-01-01T00:00:00Z","events":[]}}`, out.String())
	})
}
