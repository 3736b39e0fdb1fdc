package timeline_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/go-fxservices/services/observers/timeline"
)

// spansOf writes spans down, with times in milliseconds since began.
func spansOf(spans []timeline.Span) (lines []string) {
	for _, span := range spans {
		line := fmt.Sprintf("%s %d-%d", span.Step, span.Begin.Sub(began).Milliseconds(), span.End.Sub(began).Milliseconds())
		if span.Open {
			line += " open"
		}
		if span.Failed {
			line += " failed"
		}
		lines = append(lines, line)
	}
	return lines
}

func TestSpans(t *testing.T) {
	for _, c := range []struct {
		name    string
		service timeline.Service
		want    []string
	}{
		{"cover the whole life of a service", timeline.Service{
			Queued: at(1), LoadBegan: at(2), Loaded: at(3), StartBegan: at(4), Started: at(5), Ready: at(6), StopBegan: at(7), Stopped: at(8),
		}, []string{"wait 1-2", "load 2-3", "start 4-5", "ready 5-6", "serve 6-7", "stop 7-8"}},
		{"leave out waiting and becoming ready that took no time", timeline.Service{
			Queued: at(1), StartBegan: at(1), Started: at(5), Ready: at(5), StopBegan: at(7), Stopped: at(7),
		}, []string{"start 1-5", "serve 5-7", "stop 7-7"}},
		{"are open until the Snapshot was taken", timeline.Service{
			Queued: at(1), StartBegan: at(2), Started: at(3),
		}, []string{"wait 1-2", "start 2-3", "ready 3-100 open"}},
		{"wait while the start has not begun", timeline.Service{Queued: at(1)}, []string{"wait 1-100 open"}},
		{"end with a failed load", timeline.Service{
			Queued: at(1), LoadBegan: at(1), Failed: at(4),
		}, []string{"load 1-4 failed"}},
		{"end with a failed start", timeline.Service{
			Queued: at(1), StartBegan: at(1), Failed: at(4),
		}, []string{"start 1-4 failed"}},
		{"end with a readiness that failed at once", timeline.Service{
			Queued: at(1), StartBegan: at(1), Started: at(4), Failed: at(4),
		}, []string{"start 1-4", "ready 4-4 failed"}},
		{"end with a failure of a server", timeline.Service{
			Queued: at(1), StartBegan: at(1), Started: at(2), Ready: at(2), Failed: at(5),
		}, []string{"start 1-2", "serve 2-5 failed"}},
		{"end with a failed stop", timeline.Service{
			Queued: at(1), StartBegan: at(1), Started: at(2), Ready: at(2), StopBegan: at(5), Stopped: at(6), Err: errors.New("busy"),
		}, []string{"start 1-2", "serve 2-5", "stop 5-6 failed"}},
		{"end becoming ready when a stop begins", timeline.Service{
			Queued: at(1), StartBegan: at(1), Started: at(2), StopBegan: at(5), Stopped: at(6),
		}, []string{"start 1-2", "ready 2-5", "stop 5-6"}},
		{"end where they begin when the clock was set back", timeline.Service{
			Queued: at(9), StartBegan: at(8), Started: at(7), Ready: at(6), StopBegan: at(5), Stopped: at(4),
		}, []string{"start 8-8", "serve 6-6", "stop 5-5"}},
		{"are none before the service is queued", timeline.Service{}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := timeline.Snapshot{Taken: at(100), Services: []timeline.Service{c.service}}
			require.Equal(t, c.want, spansOf(s.Spans(0)))
		})
	}

	t.Run("do not wait for a service that began before the one it starts after was ready", func(t *testing.T) {
		s := timeline.Snapshot{Taken: at(100), Services: []timeline.Service{
			{Queued: at(1), StartBegan: at(1), Started: at(9), Ready: at(9)},
			{Queued: at(1), StartBegan: at(2), Started: at(3), Ready: at(3), After: []int{0}},
		}}
		require.Equal(t, []string{"start 2-3", "serve 3-100 open"}, spansOf(s.Spans(1)))
	})

	t.Run("wait no longer than until the shutdown begins", func(t *testing.T) {
		s := timeline.Snapshot{Taken: at(100), ShutdownBegan: at(50), Services: []timeline.Service{{Queued: at(1)}}}
		require.Equal(t, []string{"wait 1-50"}, spansOf(s.Spans(0)))
	})

	t.Run("of a start are as long as StartTime says", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			s := timeline.Snapshot{Taken: at(1000), Services: []timeline.Service{ascending(t)}}
			var begin, end time.Time
			for _, span := range s.Spans(0) {
				switch span.Step {
				case timeline.StepLoad, timeline.StepStart, timeline.StepReady:
					if begin.IsZero() {
						begin = span.Begin
					}
					end = span.End
				}
			}
			wantBegin, wantEnd := s.StartTime(0)
			require.Equal(t, wantBegin, begin)
			require.Equal(t, wantEnd, end)
		})
	})
}

// ascending draws a service that got as far as some step and then failed, was stopped,
// or was still at it.
func ascending(t *rapid.T) timeline.Service {
	var s timeline.Service
	now := 0
	pass := func() time.Time {
		now += rapid.IntRange(0, 3).Draw(t, "ms")
		return at(now)
	}
	steps := []*time.Time{&s.Queued, &s.LoadBegan, &s.Loaded, &s.StartBegan, &s.Started, &s.Ready, &s.StopBegan, &s.Stopped}
	if rapid.Bool().Draw(t, "no load") {
		steps = append(steps[:1:1], steps[3:]...)
	}
	for _, step := range steps[:rapid.IntRange(1, len(steps)).Draw(t, "steps")] {
		*step = pass()
	}
	isLoading := !s.LoadBegan.IsZero() && s.Loaded.IsZero()
	isStarting := !s.StartBegan.IsZero() && s.Ready.IsZero()
	if (isLoading || isStarting) && rapid.Bool().Draw(t, "failed") {
		s.Failed = pass()
	}
	return s
}

func TestPhases(t *testing.T) {
	for _, c := range []struct {
		name string
		s    timeline.Snapshot
		want []string
	}{
		{"are none where nothing has happened", timeline.Snapshot{}, nil},
		{"cover the whole life of an application", timeline.Snapshot{
			Began: at(0), Constructed: at(1), Started: at(3), Ready: at(3), ShutdownBegan: at(5), Stopped: at(6), Taken: at(9),
		}, []string{"constructing 0-1", "starting 1-3", "serving 3-5", "stopping 5-6"}},
		{"are open while they last", timeline.Snapshot{Began: at(0), Constructed: at(1), Taken: at(9)}, []string{"constructing 0-1", "starting 1-9 open"}},
		{"end the construction with a signal", timeline.Snapshot{Began: at(0), ShutdownBegan: at(4), Taken: at(9)}, []string{"constructing 0-4", "stopping 4-9 open"}},
		{"end a start when a service fails", timeline.Snapshot{
			Began: at(0), Constructed: at(1), ShutdownBegan: at(5), Taken: at(9), Services: []timeline.Service{{Failed: at(4)}},
		}, []string{"constructing 0-1", "starting 1-4 failed", "stopping 5-9 open"}},
		{"end a failed start when the shutdown begins, though more services fail later", timeline.Snapshot{
			Began: at(0), Constructed: at(1), ShutdownBegan: at(5), Taken: at(9), Services: []timeline.Service{{Failed: at(4)}, {Failed: at(8)}},
		}, []string{"constructing 0-1", "starting 1-5 failed", "stopping 5-9 open"}},
		{"have no failed start where the application became ready", timeline.Snapshot{
			Began: at(0), Constructed: at(1), Ready: at(5), Taken: at(9), Services: []timeline.Service{{Failed: at(4)}},
		}, []string{"constructing 0-1", "starting 1-5", "serving 5-9 open"}},
		{"begin with the earliest time that is known", timeline.Snapshot{Taken: at(9), Services: []timeline.Service{{Queued: at(2)}}}, []string{"constructing 2-9 open"}},
		{"start at once where nobody says when the construction ended", timeline.Snapshot{Began: at(0), Ready: at(5), Taken: at(9)}, []string{"starting 0-5", "serving 5-9 open"}},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, spansOf(c.s.Phases())) })
	}
}
