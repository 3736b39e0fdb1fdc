package draw

import (
	"bytes"
	"encoding/json"
	"io"
	"time"

	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/runner"
)

// Trace writes JSON in the trace event format, which Perfetto and the tracing pages of
// browsers open. The application and each service have a track of their own, with an
// event for each step: wait, load, start, ready, serve and stop. A step that has not
// ended ends when the Snapshot was taken, and has the argument unfinished. Times are
// in microseconds since Began.
func Trace(w io.Writer, s timeline.Snapshot) error {
	var out bytes.Buffer
	out.WriteString("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[")
	for i, event := range newModel(s).traceEvents() {
		line, err := json.Marshal(event)
		if err != nil {
			return err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteByte('\n')
		out.Write(line)
	}
	out.WriteString("\n]}\n")
	_, err := w.Write(out.Bytes())
	return err
}

// traceEvent is one event of the format.
type traceEvent struct {
	Name     string    `json:"name"`
	Phase    string    `json:"ph"`
	Time     float64   `json:"ts"`
	Duration *float64  `json:"dur,omitempty"`
	Process  int       `json:"pid"`
	Track    int       `json:"tid"`
	Scope    string    `json:"s,omitempty"`
	Args     traceArgs `json:"args,omitzero"`
}

type traceArgs struct {
	Name       string      `json:"name,omitempty"`
	SortIndex  *int        `json:"sort_index,omitempty"`
	Kind       runner.Kind `json:"kind,omitempty"`
	Error      string      `json:"error,omitempty"`
	Attempts   int         `json:"attempts,omitempty"`
	Barrier    string      `json:"barrier,omitempty"`
	Critical   bool        `json:"critical,omitempty"`
	Unfinished bool        `json:"unfinished,omitempty"`
	Dropped    int         `json:"dropped,omitempty"`
}

// The application has the track of the main thread, whose id is that of the process.
// Perfetto takes 0 for the idle thread.
const (
	traceProcess = 1
	traceFirst   = traceProcess + 1
)

func (m *model) traceEvents() []traceEvent {
	events := []traceEvent{
		metadata("process_name", traceProcess, traceArgs{Name: "services", Dropped: m.Dropped}),
		metadata("thread_name", traceProcess, traceArgs{Name: "application"}),
	}
	for _, phase := range m.phases {
		events = append(events, m.complete(phase, traceProcess, traceArgs{}))
	}
	for _, instant := range []struct {
		name string
		at   time.Time
	}{{"ready", m.Ready}, {"shutdown", m.ShutdownBegan}} {
		if !instant.at.IsZero() {
			events = append(events, traceEvent{Name: instant.name, Phase: "i", Time: m.micros(instant.at),
				Process: traceProcess, Track: traceProcess, Scope: "g"})
		}
	}
	for i := range m.Services {
		events = append(events, m.traceService(i)...)
	}
	return events
}

func (m *model) traceService(i int) []traceEvent {
	service, track := &m.Services[i], traceFirst+i
	events := []traceEvent{
		metadata("thread_name", track, traceArgs{Name: oneLine(service.Name)}),
		metadata("thread_sort_index", track, traceArgs{SortIndex: &track}),
	}
	for _, span := range m.Spans(i) {
		args := traceArgs{Kind: service.Kind, Attempts: service.Attempts, Barrier: service.Barrier}
		switch span.Step {
		case timeline.StepLoad, timeline.StepStart, timeline.StepReady:
			args.Critical = m.critical.has(i)
		}
		if span.Failed && service.Err != nil {
			args.Error = errorText(service.Err)
		}
		events = append(events, m.complete(span, track, args))
	}
	return events
}

func metadata(name string, track int, args traceArgs) traceEvent {
	return traceEvent{Name: name, Phase: "M", Process: traceProcess, Track: track, Args: args}
}

// complete returns the event of a span.
func (m *model) complete(span timeline.Span, track int, args traceArgs) traceEvent {
	duration := micros(span.Duration())
	args.Unfinished = span.Open
	return traceEvent{Name: string(span.Step), Phase: "X", Time: m.micros(span.Begin), Duration: &duration,
		Process: traceProcess, Track: track, Args: args}
}

func (m *model) micros(t time.Time) float64 { return micros(t.Sub(m.origin())) }

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
