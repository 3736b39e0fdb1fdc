package runner_test

import (
	"slices"
	"testing"
	"time"

	"github.com/go-fxservices/services/runner"
)

// FuzzCalls makes any sequence of calls of a Runner, one after the other or at the
// same time, with services of which some misbehave. It looks at what happened as
// TestMachine does.
func FuzzCalls(f *testing.F) {
	for _, calls := range fuzzedCalls {
		f.Add(calls)
	}
	f.Fuzz(func(t *testing.T, calls []byte) {
		p := decodePlan(calls)
		if wrong := playInBubble(t, p); wrong != "" {
			t.Fatalf("%s\n%+v", wrong, p)
		}
	})
}

// Each begins with four bytes for the Runner and one for each of five services. Then
// come two bytes for each call: what it is, and of which services.
var fuzzedCalls = [][]byte{
	nil,
	{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 31, 3, 0}, // all runs, and is finished
	{0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 31, 3, 0}, // at the same time
	{1, 2, 0, 0, 7, 8, 9, 10, 7, 1, 31, 3, 0, 3, 0},                        // stops fail
	{1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 31, 5 + 16, 0, 5 + 16, 0},               // two signals while it drains
	{0, 1, 0, 1, 5, 6, 5, 6, 5, 1, 31, 3 + 32, 0, 1, 31, 3 + 64, 0},        // starts are late
	{0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 31, 2, 1, 2, 2, 8 + 1, 3, 2, 31, 3, 0},  // stops of some
	{0, 0, 0, 2, 1, 2, 3, 4, 11, 0, 1, 0, 2, 0, 4, 0, 8, 0, 16},            // starts fail
	{0, 1, 0, 0, 0, 13, 0, 14, 0, 0, 31, 8, 31, 8, 2, 8 + 3, 0, 8 + 3, 32}, // many calls at once
	{1, 0, 0, 3, 15, 12, 9, 10, 9, 1, 31, 8 + 4, 64, 8 + 3, 96, 5, 0},      // cut short by ends of contexts
	{0, 1, 0, 0, 18, 16, 17, 20, 21, 1, 31, 6, 0, 3, 0, 1, 31},             // any shape, shut down and started again
	{0, 0, 1, 0, 19, 0, 20, 0, 0, 0, 31, 8 + 5, 224, 1, 224},               // a signal that ends contexts
}

// maxFuzzedCalls keeps a case short.
const maxFuzzedCalls = 12

var (
	fuzzedActs   = []string{"run", "start", "stop", "finish", "wait", "signal", "shutdown", "start"}
	fuzzedGaps   = []time.Duration{0, time.Millisecond, 40 * time.Millisecond, 150 * time.Millisecond, 200 * time.Millisecond}
	fuzzedLimits = []time.Duration{0, -1, 20 * time.Millisecond, 150 * time.Millisecond, 450 * time.Millisecond}
)

// decodePlan makes a case of any bytes.
func decodePlan(calls []byte) plan {
	d := decoder{rest: calls}
	p := plan{
		KeepGoing:   d.next()%2 == 1,
		Concurrency: pick([]int{1, 0, 2}, d.next()),
		StopTimeout: 100 * time.Millisecond,
		Drain:       pick([]time.Duration{0, 80 * time.Millisecond}, d.next()),
		Unruly:      unrulyPlan{Every: d.next() % 4},
		Services: []servicePlan{
			{}, {Ready: true}, {Kind: runner.KindServer, After: []int{0}}, {Load: true, After: []int{1}}, {Kind: runner.KindServer, After: []int{2, 3}},
		},
	}
	for i := range p.Services {
		pick(fuzzedFaults, d.next())(&p.Services[i])
	}
	at := time.Duration(0)
	for len(d.rest) > 0 && len(p.Acts) < maxFuzzedCalls {
		act := d.act()
		at = min(at+act.At, lastAct-2*behindBy)
		act.At = at
		p.Acts = append(p.Acts, act)
	}
	return p.playable()
}

// decoder takes a case from bytes. Where there are no more, they are 0.
type decoder struct{ rest []byte }

func (d *decoder) next() int {
	if len(d.rest) == 0 {
		return 0
	}
	next := d.rest[0]
	d.rest = d.rest[1:]
	return int(next)
}

func pick[T any](of []T, at int) T { return of[at%len(of)] }

// act takes a call; At is how long after the call before it.
func (d *decoder) act() actPlan {
	what, of := d.next(), d.next()
	act := actPlan{
		At:     pick(fuzzedGaps, what>>4),
		Behind: what&8 == 0,
		What:   pick(fuzzedActs, what&7),
		Limit:  pick(fuzzedLimits, of>>5),
	}
	if slices.Contains([]string{"run", "start", "stop"}, act.What) {
		for i := range 5 {
			if of&(1<<i) != 0 {
				act.Services = append(act.Services, i)
			}
		}
	}
	return act
}

// fuzzedFaults are the ways in which a service misbehaves, if it can.
var fuzzedFaults = []func(*servicePlan){
	func(*servicePlan) {},
	func(s *servicePlan) { s.OnStart = faultPlan{Calls: 1, How: returnsError} },
	func(s *servicePlan) { s.OnStart = faultPlan{Calls: 1, How: endsPanicking} },
	func(s *servicePlan) { s.OnStart = faultPlan{Calls: 1, How: endsExiting} },
	func(s *servicePlan) {
		s.OnStart = faultPlan{Calls: 2, After: 40 * time.Millisecond, Heeds: true, How: returnsEnd}
	},
	func(s *servicePlan) {
		s.StartTimeout, s.OnStart = 30*time.Millisecond, faultPlan{Calls: 1, Forever: true, How: returnsNil}
	},
	func(s *servicePlan) {
		s.StartTimeout, s.OnStart = 30*time.Millisecond, faultPlan{Calls: 1, After: 200 * time.Millisecond, How: returnsNil}
	},
	func(s *servicePlan) { s.OnStop = faultPlan{Calls: 1, How: returnsError} },
	func(s *servicePlan) { s.OnStop = faultPlan{Calls: 1, How: endsPanicking} },
	func(s *servicePlan) { s.OnStop = faultPlan{Calls: 1, Forever: true, How: returnsNil} },
	func(s *servicePlan) { s.OnStop = faultPlan{Calls: 2, After: 550 * time.Millisecond, How: returnsError} },
	func(s *servicePlan) { s.OnStart = faultPlan{Calls: 1, After: 40 * time.Millisecond, How: returnsError} },
	func(s *servicePlan) {
		s.Ready, s.StartTimeout = true, 200*time.Millisecond
		s.OnReady = faultPlan{Calls: 1, Forever: true, Heeds: true, How: returnsEnd}
	},
	func(s *servicePlan) {
		s.Load, s.OnLoad = true, faultPlan{Calls: 1, After: 40 * time.Millisecond, How: returnsError}
	},
	func(s *servicePlan) { s.Shape = aValue },
	func(s *servicePlan) { s.Barrier, s.StopTimeout = true, -1 },
	func(s *servicePlan) { s.Shape = uncomparable },
	func(s *servicePlan) { s.Shape = sizeless },
	func(s *servicePlan) { s.Kind = runner.KindJob },
	func(s *servicePlan) {
		s.Kind, s.OnStart = runner.KindJob, faultPlan{Calls: 1, After: 200 * time.Millisecond, Heeds: true, How: returnsEnd}
	},
	func(s *servicePlan) { s.Report = reportPlan{Calls: 1, After: 40 * time.Millisecond, How: reportsError} },
	func(s *servicePlan) { s.Report = reportPlan{Calls: 1, How: reportHangs} },
}
