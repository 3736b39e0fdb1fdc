package timeline

import "time"

// Step is an activity of a service or of the application.
//
// The start of a service goes through these steps from left to right, and may skip
// some of them. The service can fail in each of them except StepWait.
//
//	wait ──> load ──> start ──> ready ──> serve ──> stop
//
// The application goes through its own:
//
//	constructing ──> starting ──> serving ──> stopping
type Step string

// The steps of a service.
const (
	StepWait  Step = "wait"  // everything it starts after is ready, and its own start has not begun
	StepLoad  Step = "load"  // Load runs
	StepStart Step = "start" // Start runs, or Listen is being entered
	StepReady Step = "ready" // it has started, and is not ready yet
	StepServe Step = "serve" // it is ready, and nobody has stopped it yet; of a Job, that it runs
	StepStop  Step = "stop"  // Stop or Close runs
)

// The steps of the application.
const (
	PhaseConstructing Step = "constructing"
	PhaseStarting     Step = "starting"
	PhaseServing      Step = "serving"
	PhaseStopping     Step = "stopping"
)

// Span is the time that one Step took.
type Span struct {
	Step       Step
	Begin, End time.Time
	Open       bool // the step had not ended when the Snapshot was taken, which is its End
	Failed     bool // the step ended with a failure
}

// Duration returns how long the step took, or has taken so far. It is never
// negative.
func (s Span) Duration() time.Duration { return s.End.Sub(s.Begin) }

// Spans returns the steps that service i has begun, in their order. It leaves out
// waiting and becoming ready where these took no time. A step that ended before it
// began, because somebody set the clock back, ends when it begins.
func (s Snapshot) Spans(i int) []Span {
	service := &s.Services[i]
	begin, _ := s.StartTime(i)
	none := time.Time{}
	stopped, stopFailed := service.Stopped, none
	if service.stopFailed() {
		stopped, stopFailed = none, service.Stopped
	}
	all := [...]Span{
		s.span(StepWait, s.Eligible(i), begin, none, s.ShutdownBegan),
		s.span(StepLoad, service.LoadBegan, service.Loaded, service.Failed, none),
		s.span(StepStart, service.StartBegan, service.Started, service.Failed, none),
		s.span(StepReady, service.Started, service.Ready, service.Failed, service.StopBegan),
		s.span(StepServe, service.Ready, service.Stopped, service.Failed, service.StopBegan),
		s.span(StepStop, service.StopBegan, stopped, stopFailed, none),
	}
	var spans []Span
	for _, span := range all {
		passing := span.Step == StepWait || span.Step == StepReady
		isEmpty := passing && !span.Open && !span.Failed && span.Duration() == 0
		if !span.Begin.IsZero() && !isEmpty {
			spans = append(spans, span)
		}
	}
	return spans
}

// span returns a step that ended with the earliest of three events: it was done,
// it failed, or something cut it short. Zero times have not happened.
func (s Snapshot) span(step Step, begin, done, failed, cutShort time.Time) Span {
	span := Span{Step: step, Begin: begin, End: later(begin, s.Taken), Open: true}
	for i, end := range [...]time.Time{done, failed, cutShort} {
		if end.IsZero() {
			continue
		}
		end = later(begin, end)
		if span.Open || end.Before(span.End) {
			span.End, span.Open, span.Failed = end, false, i == 1
		}
	}
	return span
}

// stopFailed reports whether Err is the error of the stop.
func (s *Service) stopFailed() bool {
	return s.Err != nil && s.Failed.IsZero() && !s.StopBegan.IsZero()
}
