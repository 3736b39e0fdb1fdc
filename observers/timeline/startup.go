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
// application.stop. Within them are those of services: service.load, service.start,
// service.ready for those that are asked, service.stop; and service.fail, which
// takes no time, for a server that failed once it was ready. A step that was not
// reached is left out, one that has not ended has no endTime and no duration, and
// one that is within no other has the parentId 0.
//
// The tags are service and kind; attempts, barrier, and an after for each service
// that it starts after, at the first step of a service; error at what failed; and
// dropped, at application.start.
//
// Times are in UTC, and have nanoseconds. What is no UTF-8 is replaced. The error
// is that of w.
func (s *Snapshot) WriteJSON(w io.Writer) error {
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

// add adds a step, unless it has not begun, and returns its id, or 0.
func (e *startupEvents) add(name string, parent int, begin, end time.Time, tags ...startupTag) (id int) {
	if begin.IsZero() {
		return 0
	}
	var event startupEvent
	id = len(*e) + 1
	event.Step.Name, event.Step.ID, event.Step.Parent, event.Step.Tags = name, id, parent, tags
	if tags == nil {
		event.Step.Tags = []startupTag{}
	}
	event.StartTime = jsonTime(begin)
	if !end.IsZero() {
		if end.Before(begin) {
			end = begin // made by hand, or of a clock that was set back
		}
		event.EndTime, event.Duration = jsonTime(end), isoDuration(end.Sub(begin))
	}
	*e = append(*e, event)
	return id
}

func (s *Snapshot) startupEvents() startupEvents {
	events := startupEvents{}
	events.add("application.construct", 0, s.Began, s.Constructed)
	var tags []startupTag
	if s.Dropped > 0 {
		tags = append(tags, startupTag{"dropped", strconv.Itoa(s.Dropped)})
	}
	start := events.add("application.start", 0, s.Constructed, firstOf(s.Ready, s.ShutdownBegan), tags...)
	for i := range s.Services {
		s.addStart(&events, start, &s.Services[i])
	}
	stop := events.add("application.stop", 0, s.ShutdownBegan, s.Stopped)
	for i := range s.Services {
		s.addStop(&events, stop, &s.Services[i])
	}
	return events
}

func (s *Snapshot) addStart(events *startupEvents, parent int, service *Service) {
	waiting := service.Started
	if waiting.Equal(service.Ready) {
		waiting = time.Time{} // nobody asked
	}
	once := s.startupTags(service)
	for _, step := range [...]struct {
		name       string
		begin, end time.Time
	}{
		{"service.load", service.LoadBegan, service.Loaded},
		{"service.start", service.StartBegan, service.Started},
		{"service.ready", waiting, service.Ready},
	} {
		tags := append(service.startupTags(), once...)
		if step.end.IsZero() && !service.Failed.IsZero() {
			step.end, tags = service.Failed, append(tags, service.errorTag()...)
		}
		if events.add(step.name, parent, step.begin, step.end, tags...) > 0 {
			once = nil
		}
	}
	if !service.Ready.IsZero() {
		events.add("service.fail", parent, service.Failed, service.Failed, append(service.startupTags(), service.errorTag()...)...)
	}
}

func (s *Snapshot) addStop(events *startupEvents, parent int, service *Service) {
	tags := service.startupTags()
	if service.Failed.IsZero() {
		tags = append(tags, service.errorTag()...)
	}
	events.add("service.stop", parent, service.StopBegan, service.Stopped, tags...)
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

// startupTags are those at the first step of a service.
func (s *Snapshot) startupTags(service *Service) []startupTag {
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

// isoDuration writes a duration as ISO 8601 does, in seconds.
func isoDuration(d time.Duration) string {
	text := fmt.Sprintf("%d.%09d", d/time.Second, d%time.Second)
	return "PT" + strings.TrimRight(strings.TrimRight(text, "0"), ".") + "S"
}
