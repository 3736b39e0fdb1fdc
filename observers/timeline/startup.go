package timeline

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// WriteJSON writes the Snapshot in the format of the startup endpoint of Spring
// Boot's actuator, on one line:
//
//	{"timeline":{"startTime":"2026-01-02T15:04:05Z","events":[
//	  {"startupStep":{"name":"service.start","id":3,"parentId":2,
//	    "tags":[{"key":"service","value":"db"}]},
//	   "startTime":"2026-01-02T15:04:05.1Z","endTime":"2026-01-02T15:04:05.3Z","duration":"PT0.2S"}]}}
//
// The steps of the application are application.construct, application.start and
// application.stop. The steps of services are their children: service.load,
// service.start, service.ready for a service that did not become ready at once,
// and service.stop. service.fail, which takes no time, is the failure of a server
// that was ready before. WriteJSON leaves out steps that have not begun. A step that
// has not ended has no endTime and no duration. A step without a parent has the
// parentId 0.
//
// Each step of a service has the tags service and kind. The first also has attempts,
// barrier, and one after for each service that it starts after. A step that failed
// has the tag error, and application.start the tag dropped, if there is something to
// say.
//
// Times are in UTC, in nanoseconds. WriteJSON replaces bytes that are not UTF-8, and
// returns the error of w.
func (s Snapshot) WriteJSON(w io.Writer) error {
	var out startupReport
	out.Timeline.StartTime = jsonTime(s.Began)
	out.Timeline.Events = s.startupEvents()
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(out)
}

type startupReport struct {
	Timeline struct {
		StartTime string        `json:"startTime"`
		Events    startupEvents `json:"events"`
	} `json:"timeline"`
}

type startupEvent struct {
	Step struct {
		Name   string       `json:"name"`
		ID     int          `json:"id"`
		Parent int          `json:"parentId"`
		Tags   []startupTag `json:"tags"`
	} `json:"startupStep"`
	StartTime string `json:"startTime"`
	EndTime   string `json:"endTime,omitempty"`
	Duration  string `json:"duration,omitempty"`
}

type startupTag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// startupEvents are numbered from 1.
type startupEvents []startupEvent

// add adds a step and returns its id.
func (e *startupEvents) add(name string, parent int, span Span, tags ...startupTag) (id int) {
	var event startupEvent
	id = len(*e) + 1
	event.Step.Name, event.Step.ID, event.Step.Parent, event.Step.Tags = name, id, parent, tags
	if tags == nil {
		event.Step.Tags = []startupTag{} // an empty array, where nil would be null
	}
	event.StartTime = jsonTime(span.Begin)
	if !span.Open {
		event.EndTime, event.Duration = jsonTime(span.End), isoDuration(span.Duration())
	}
	*e = append(*e, event)
	return id
}

func (s Snapshot) startupEvents() startupEvents {
	events := startupEvents{}
	phases := map[Step]Span{}
	for _, phase := range s.Phases() {
		phases[phase.Step] = phase
	}
	addPhase := func(name string, step Step, tags ...startupTag) (id int) {
		if phase, begun := phases[step]; begun {
			return events.add(name, 0, phase, tags...)
		}
		return 0
	}
	addPhase("application.construct", PhaseConstructing)
	var tags []startupTag
	if s.Dropped > 0 {
		tags = append(tags, startupTag{"dropped", strconv.Itoa(s.Dropped)})
	}
	start := addPhase("application.start", PhaseStarting, tags...)
	for i := range s.Services {
		s.addStart(&events, start, i)
	}
	stop := addPhase("application.stop", PhaseStopping)
	for i := range s.Services {
		s.addStop(&events, stop, i)
	}
	return events
}

// addStart adds the steps of the start of a service, and its failure if that came
// later.
func (s Snapshot) addStart(events *startupEvents, parent, i int) {
	service := &s.Services[i]
	once := s.startupTags(service)
	for _, span := range s.Spans(i) {
		switch span.Step {
		case StepLoad, StepStart, StepReady:
			tags := append(service.startupTags(), once...)
			if span.Failed {
				tags = append(tags, service.errorTag()...)
			}
			events.add("service."+string(span.Step), parent, span, tags...)
			once = nil
		}
	}
	if !service.Ready.IsZero() && !service.Failed.IsZero() {
		failure := Span{Begin: service.Failed, End: service.Failed}
		events.add("service.fail", parent, failure, append(service.startupTags(), service.errorTag()...)...)
	}
}

func (s Snapshot) addStop(events *startupEvents, parent, i int) {
	service := &s.Services[i]
	for _, span := range s.Spans(i) {
		if span.Step != StepStop {
			continue
		}
		tags := service.startupTags()
		if service.stopFailed() {
			tags = append(tags, service.errorTag()...)
		}
		events.add("service.stop", parent, span, tags...)
	}
}

func (service *Service) startupTags() []startupTag {
	return []startupTag{{"service", service.Name}, {"kind", string(service.Kind)}}
}

func (service *Service) errorTag() []startupTag {
	if service.Err == nil {
		return nil
	}
	return []startupTag{{"error", fmt.Sprint(service.Err)}}
}

// startupTags returns the tags that only the first step of a service has.
func (s Snapshot) startupTags(service *Service) []startupTag {
	var tags []startupTag
	if service.Attempts > 0 {
		tags = append(tags, startupTag{"attempts", strconv.Itoa(service.Attempts)})
	}
	if service.Barrier != "" {
		tags = append(tags, startupTag{"barrier", service.Barrier})
	}
	for _, need := range service.After {
		if s.has(need) {
			tags = append(tags, startupTag{"after", s.Services[need].Name})
		}
	}
	return tags
}

func jsonTime(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// isoDuration formats a duration in seconds, as ISO 8601 does.
func isoDuration(d time.Duration) string {
	text := fmt.Sprintf("%d.%09d", d/time.Second, d%time.Second)
	return "PT" + strings.TrimRight(strings.TrimRight(text, "0"), ".") + "S"
}
