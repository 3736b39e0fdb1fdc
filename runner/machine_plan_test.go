package runner_test

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/go-fxservices/services/runner"
)

// plan is one case of the machine: what services there are, how they misbehave,
// and what is done with them. All of it is drawn before the case begins, so that
// a case that fails can be shrunk.
type plan struct {
	KeepGoing   bool // WithContinueOnStopError
	Concurrency int
	StopTimeout time.Duration
	Drain       time.Duration
	Period      time.Duration // WithGracePeriod; 0: none
	Again       bool          // all services are started again at the end
	Unruly      unrulyPlan
	Services    []servicePlan
	Acts        []actPlan
}

// servicePlan is one service. The zero duration of a setting means that there is
// no setting, and less that there is no limit.
type servicePlan struct {
	Kind                      runner.Kind // a Resource, if there is none
	Shape                     shape
	Load, Ready               bool // optional capabilities
	StartTimeout, StopTimeout time.Duration
	After                     []int // always lower ones
	Barrier                   bool
	Wrap                      int // which order the wrappers have
	OnLoad, OnReady           faultPlan
	OnStart, OnStop           faultPlan // of a Server Listen and Close, of a Job Run
	Report                    reportPlan
	ShutsIn                   runner.Op // its first call of that shuts the Runner down
	Cause                     int       // with which of causes
}

// isAlike reports whether the Runner cannot tell the service from another one that
// is equal, so that it can be started beside itself.
func (s servicePlan) isAlike() bool { return s.Shape != aPointer }

// serves reports whether a Run of the service lasts.
func (s servicePlan) serves() bool { return s.Kind == runner.KindServer || s.Kind == runner.KindJob }

// startOp is the call that the service begins with.
func (s servicePlan) startOp() runner.Op {
	switch s.Kind {
	case runner.KindServer:
		return runner.OpListen
	case runner.KindJob:
		return runner.OpRun
	default:
		return runner.OpStart
	}
}

// stopOp is the call that ends the service.
func (s servicePlan) stopOp() runner.Op {
	switch s.Kind {
	case runner.KindServer:
		return runner.OpClose
	case runner.KindJob:
		return runner.OpRun
	default:
		return runner.OpStop
	}
}

var (
	drawnBudgets      = rapid.SampledFrom([]time.Duration{0, 0, -1, 30 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond})
	drawnStopTimeouts = rapid.SampledFrom([]time.Duration{
		100 * time.Millisecond, 400 * time.Millisecond, 100 * time.Millisecond, 400 * time.Millisecond, 0, -1,
	})
	drawnConcurrencies = rapid.SampledFrom([]int{1, 1, 1, 0, 2, 3})
	drawnDrains        = rapid.SampledFrom([]time.Duration{0, 0, 80 * time.Millisecond})
	drawnPeriods       = rapid.SampledFrom([]time.Duration{0, 0, 0, 0, 700 * time.Millisecond})
	drawnKinds         = rapid.SampledFrom([]runner.Kind{
		runner.KindResource, runner.KindResource, runner.KindServer, runner.KindServer, runner.KindJob,
	})
	drawnShutsIn = rapid.SampledFrom([]runner.Op{
		"", "", "", "", "", "", "", "", "", "", "", "", "", "", "",
		runner.OpLoad, runner.OpStart, runner.OpReady, runner.OpListen, runner.OpRun, runner.OpClose, runner.OpStop, opFailed,
	})
	drawnShapes = rapid.SampledFrom([]shape{aPointer, aPointer, aPointer, aPointer, aPointer, aPointer, aValue, uncomparable, sizeless})
)

func drawPlan(t *rapid.T) plan {
	p := plan{
		KeepGoing:   rapid.Bool().Draw(t, "keep going"),
		Concurrency: drawnConcurrencies.Draw(t, "concurrency"),
		StopTimeout: drawnStopTimeouts.Draw(t, "stop timeout"),
		Drain:       drawnDrains.Draw(t, "drain"),
		Again:       rapid.IntRange(0, 3).Draw(t, "again") == 3,
		Unruly:      drawUnruly(t),
	}
	connected := rapid.Bool().Draw(t, "connected")
	for i := range rapid.IntRange(1, maxServices).Draw(t, "services") {
		s := drawService(t)
		if connected {
			s.connect(t, i)
		}
		p.Services = append(p.Services, s)
	}
	for range rapid.IntRange(1, 6).Draw(t, "acts") {
		p.Acts = append(p.Acts, p.drawAct(t))
	}
	p.Period = drawnPeriods.Draw(t, "grace period")
	return p.playable()
}

func drawService(t *rapid.T) servicePlan {
	s := servicePlan{
		Kind:         drawnKinds.Draw(t, "kind"),
		Shape:        drawnShapes.Draw(t, "shape"),
		Load:         rapid.Bool().Draw(t, "load"),
		Ready:        rapid.Bool().Draw(t, "ready"),
		StartTimeout: drawnBudgets.Draw(t, "start timeout"),
		StopTimeout:  drawnBudgets.Draw(t, "stop timeout"),
		Wrap:         rapid.IntRange(0, 3).Draw(t, "wrap"),
		OnStart:      drawFault(t, "start"),
		OnStop:       drawFault(t, "stop"),
		Report:       drawReport(t),
		ShutsIn:      drawnShutsIn.Draw(t, "shuts down in"),
		Cause:        rapid.IntRange(0, len(causes)-1).Draw(t, "shutdown cause"),
	}
	if s.Load {
		s.OnLoad = drawFault(t, "load")
	}
	if s.Ready {
		s.OnReady = drawFault(t, "ready")
	}
	return s
}

// connect lets service i start after lower ones.
func (s *servicePlan) connect(t *rapid.T, i int) {
	s.Barrier = rapid.IntRange(0, 7).Draw(t, "barrier") == 7
	if i > 0 {
		s.After = rapid.SliceOfNDistinct(rapid.IntRange(0, i-1), 0, i, rapid.ID).Draw(t, "after")
	}
}

// withNeeds adds the services that services are After and that are not among them.
func (p plan) withNeeds(services []int) []int {
	for i := 0; i < len(services); i++ {
		for _, need := range p.Services[services[i]].After {
			if !slices.Contains(services, need) {
				services = append(services, need)
			}
		}
	}
	return services
}

// playable takes out of a plan everything that would hang the case.
func (p plan) playable() plan {
	for i := range p.Services {
		s := &p.Services[i]
		if p.stopTimeout(*s) <= 0 && (s.OnStop.Forever || s.serves() && s.OnStart.Forever) {
			s.StopTimeout = 200 * time.Millisecond // else nothing would end the wait for it
		}
	}
	return p
}

// stopTimeout is the time that a service has to stop; 0 or less means any time.
func (p plan) stopTimeout(s servicePlan) time.Duration {
	if s.StopTimeout != 0 {
		return s.StopTimeout
	}
	return p.StopTimeout
}

// isSingle reports whether all that happens under the name of a service happens to one
// instance at a time.
func (p plan) isSingle(s int) bool {
	given := 0
	for _, act := range p.Acts {
		if act.starts() {
			given += count(act.Services, s)
		}
	}
	if p.Again {
		given++
	}
	return !p.Services[s].isAlike() || given <= 1
}
