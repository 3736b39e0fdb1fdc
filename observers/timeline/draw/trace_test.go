package draw_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/timeline"
)

// traced is an event of a trace, as strict as Perfetto needs it.
type traced struct {
	Name  string   `json:"name"`
	Phase string   `json:"ph"`
	Time  *float64 `json:"ts"`
	Took  *float64 `json:"dur"`
	PID   int      `json:"pid"`
	TID   int      `json:"tid"`
	Scope string   `json:"s"`
	Args  struct {
		Name       string `json:"name"`
		SortIndex  int    `json:"sort_index"`
		Kind       string `json:"kind"`
		Error      string `json:"error"`
		Attempts   int    `json:"attempts"`
		Barrier    string `json:"barrier"`
		Critical   bool   `json:"critical"`
		Unfinished bool   `json:"unfinished"`
		Dropped    int    `json:"dropped"`
	} `json:"args"`
}

// traceOf writes a Snapshot, and reads and checks the trace.
func traceOf(t *testing.T, s timeline.Snapshot) []traced {
	t.Helper()
	var file struct {
		Unit   string   `json:"displayTimeUnit"`
		Events []traced `json:"traceEvents"`
	}
	require.NoError(t, json.Unmarshal([]byte(written(t, "trace.json", s)), &file))
	require.Equal(t, "ms", file.Unit)
	ends := map[int]float64{}
	for _, e := range file.Events {
		require.Equal(t, 1, e.PID)
		require.Positive(t, e.TID)
		require.NotEmpty(t, e.Name)
		require.NotNil(t, e.Time)
		require.Equal(t, e.Phase == "X", e.Took != nil)
		switch e.Phase {
		case "X":
			require.GreaterOrEqual(t, *e.Took, 0.0)
			if _, first := ends[e.TID]; !first {
				ends[e.TID] = *e.Time
			}
			ends[e.TID] = max(ends[e.TID], *e.Time+*e.Took)
		case "i":
			require.Equal(t, "g", e.Scope)
		default:
			require.Equal(t, "M", e.Phase)
			require.Contains(t, []string{"process_name", "thread_name", "thread_sort_index"}, e.Name)
		}
	}
	return file.Events
}

// track returns the steps of a service.
func track(events []traced, service string) (steps []traced) {
	named := slices.IndexFunc(events, func(e traced) bool { return e.Name == "thread_name" && e.Args.Name == service })
	for _, e := range events {
		if e.Phase == "X" && e.TID == events[named].TID {
			steps = append(steps, e)
		}
	}
	return steps
}

func stepNames(steps []traced) (names []string) {
	for _, e := range steps {
		names = append(names, e.Name)
	}
	return names
}

func TestTrace(t *testing.T) {
	for name, s := range allPictures() {
		t.Run(name+" is valid", func(t *testing.T) {
			events := traceOf(t, s)
			threads := 0
			for _, e := range events {
				if e.Name == "thread_name" {
					threads++
				}
			}
			require.Equal(t, len(s.Services)+1, threads)
		})
	}

	t.Run("has a track for each service, and one for the application", func(t *testing.T) {
		events := traceOf(t, shop())
		require.Equal(t, []string{"constructing", "starting", "serving", "stopping"}, stepNames(track(events, "application")))
		require.Equal(t, []string{"load", "start", "ready", "serve", "stop"}, stepNames(track(events, "postgres")))
		require.Equal(t, []string{"wait", "start", "serve", "stop"}, stepNames(track(events, "redis")))
	})

	t.Run("counts microseconds since the application began", func(t *testing.T) {
		start := track(traceOf(t, shop()), "postgres")[1]
		require.InDelta(t, 11_000, *start.Time, 0.001)
		require.InDelta(t, 30_700, *start.Took, 0.001)
	})

	t.Run("has the kind, attempts, barrier and path of a service", func(t *testing.T) {
		events := traceOf(t, shop())
		require.Equal(t, 3, track(events, "kafka")[0].Args.Attempts)
		require.Equal(t, "resource", track(events, "kafka")[0].Args.Kind)
		require.Equal(t, "it is a plain hook", track(events, "migrations")[0].Args.Barrier)
		for _, step := range track(events, "postgres") {
			require.Equal(t, step.Name == "load" || step.Name == "start" || step.Name == "ready", step.Args.Critical, step.Name)
		}
		require.False(t, track(events, "kafka")[0].Args.Critical)
	})

	t.Run("has the error at the step that failed", func(t *testing.T) {
		events := traceOf(t, rolledBack())
		require.Equal(t, errSearch.Error(), last(track(events, "search")).Args.Error)
		require.Equal(t, `stop "postgres": timed out after 500ms`, last(track(events, "postgres")).Args.Error)
		require.Empty(t, track(events, "postgres")[0].Args.Error)
		require.Equal(t, `listen "http": accept tcp: too many open files`, last(track(traceOf(t, serverFailed()), "http")).Args.Error)
	})

	t.Run("ends open steps when the Snapshot was taken", func(t *testing.T) {
		events := traceOf(t, stillStarting())
		broker := track(events, "broker")[0]
		require.InDelta(t, 75_000, *broker.Time+*broker.Took, 0.001)
		require.True(t, broker.Args.Unfinished)
		require.False(t, track(events, "db")[0].Args.Unfinished)
		require.Empty(t, track(events, "api"))
	})

	t.Run("marks when the application was ready, and began to shut down", func(t *testing.T) {
		var instants []string
		for _, e := range traceOf(t, shop()) {
			if e.Phase == "i" {
				instants = append(instants, e.Name)
			}
		}
		require.Equal(t, []string{"ready", "shutdown"}, instants)
	})

	t.Run("has the number of services that were not recorded", func(t *testing.T) {
		require.Equal(t, 1234, traceOf(t, allPictures()["dropped"])[0].Args.Dropped)
	})
}

func last(steps []traced) traced { return steps[len(steps)-1] }
