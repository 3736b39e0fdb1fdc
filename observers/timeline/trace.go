package timeline

import (
	"bytes"
	"encoding/json"
	"io"
	"time"

	"github.com/go-fxservices/services/runner"
)

// WriteTrace writes the Snapshot as JSON in the trace event format, which
// Perfetto and the tracing pages of browsers open. The application and each of the
// services have a track of their own, with an event for each step: wait, load,
// start, ready, serve and stop. What has not ended ends when the Snapshot was
// taken, and says so. Times are in microseconds since Began. The error is that of w.
func (s *Snapshot) WriteTrace(w io.Writer) error {
	var out bytes.Buffer
	out.WriteString("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[")
	for i, event := range s.traceEvents() {
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

// traceEvent is one event of the format. Its tid is the track it is on.
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

// The track of the application is that of the main thread, whose id is that of the
// process. 0 is the idle thread to Perfetto.
const (
	traceProcess = 1
	traceFirst   = traceProcess + 1
)

func (s *Snapshot) traceEvents() []traceEvent {
	events := []traceEvent{
		metadata("process_name", traceProcess, traceArgs{Name: "services", Dropped: s.Dropped}),
		metadata("thread_name", traceProcess, traceArgs{Name: "application"}),
	}
	for _, phase := range s.phases() {
		events = append(events, s.complete(phase.name, phase.span, traceProcess, traceArgs{}))
	}
	for _, instant := range []struct {
		name string
		at   time.Time
	}{{"ready", s.Ready}, {"shutdown", s.ShutdownBegan}} {
		if !instant.at.IsZero() {
			events = append(events, traceEvent{Name: instant.name, Phase: "i", Time: s.micros(instant.at),
				Process: traceProcess, Track: traceProcess, Scope: "g"})
		}
	}
	path := s.critical()
	for i := range s.Services {
		events = append(events, s.traceService(i, path)...)
	}
	return events
}

func (s *Snapshot) traceService(i int, path criticalPath) []traceEvent {
	service, track := &s.Services[i], traceFirst+i
	events := []traceEvent{
		metadata("thread_name", track, traceArgs{Name: oneLine(service.Name)}),
		metadata("thread_sort_index", track, traceArgs{SortIndex: &track}),
	}
	for _, span := range s.spans(i) {
		args := traceArgs{Kind: service.Kind, Attempts: service.Attempts, Barrier: service.Barrier}
		args.Critical = path.has(i) && (span.step == stepLoad || span.step == stepStart || span.step == stepReady)
		if span.failed && service.Err != nil {
			args.Error = errorText(service.Err)
		}
		events = append(events, s.complete(string(span.step), span, track, args))
	}
	return events
}

func metadata(name string, track int, args traceArgs) traceEvent {
	return traceEvent{Name: name, Phase: "M", Process: traceProcess, Track: track, Args: args}
}

func (s *Snapshot) complete(name string, span span, track int, args traceArgs) traceEvent {
	took := micros(span.took())
	args.Unfinished = span.open
	return traceEvent{Name: name, Phase: "X", Time: s.micros(span.from), Duration: &took,
		Process: traceProcess, Track: track, Args: args}
}

func (s *Snapshot) micros(t time.Time) float64 { return micros(t.Sub(s.begin())) }

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
