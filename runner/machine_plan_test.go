package runner_test

import (
	"slices"
	"time"

	"pgregory.net/rapid"
)

// plan is one case of the machine: what services there are, how they misbehave,
// and what is done with them. All of it is drawn before the case begins, so that
// a case that fails can be shrunk.
type plan struct {
	KeepGoing   bool // WithContinueOnStopError
	Concurrency int
	StopTimeout time.Duration
	Drain       time.Duration
	Unruly      unrulyPlan
	Services    []servicePlan
	Acts        []actPlan
}

// servicePlan is one service. The zero duration of a setting means that there is
// no setting, and less that there is no limit.
type servicePlan struct {
	Server                    bool
	Value                     bool // it is as good as any that is equal, and can be started beside it
	Load, Ready               bool // what it can do beside
	StartTimeout, StopTimeout time.Duration
	After                     []int // always lower ones
	Barrier                   bool
	Wrap                      int // which order the wrappers have
	OnLoad, OnReady           faultPlan
	OnStart, OnStop           faultPlan // of a Server Listen, and Close
}

// actPlan is one call from a goroutine of its own.
type actPlan struct {
	At       time.Duration
	Behind   bool // it begins later, when the act before it is over, but never later than behindBy
	What     string
	Services []int
	Limit    time.Duration // when its context ends; 0: never; less: it has already
}

const (
	lastAct  = time.Second
	behindBy = 50 * time.Millisecond
)

var (
	drawnMoments = rapid.SampledFrom([]time.Duration{
		0, time.Millisecond, 40 * time.Millisecond, 150 * time.Millisecond, 200 * time.Millisecond, 550 * time.Millisecond, lastAct,
	})
	drawnLimits       = rapid.SampledFrom([]time.Duration{0, 0, 0, -1, 20 * time.Millisecond, 150 * time.Millisecond, 450 * time.Millisecond})
	drawnBudgets      = rapid.SampledFrom([]time.Duration{0, 0, -1, 30 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond})
	drawnStopTimeouts = rapid.SampledFrom([]time.Duration{
		100 * time.Millisecond, 400 * time.Millisecond, 100 * time.Millisecond, 400 * time.Millisecond, 0, -1,
	})
	drawnConcurrencies = rapid.SampledFrom([]int{1, 1, 1, 0, 2, 3})
	drawnActs          = rapid.SampledFrom([]string{"run", "run", "run", "start", "start", "stop", "finish", "wait", "signal"})
)

func drawPlan(t *rapid.T) plan {
	p := plan{
		KeepGoing:   rapid.Bool().Draw(t, "keep going"),
		Concurrency: drawnConcurrencies.Draw(t, "concurrency"),
		StopTimeout: drawnStopTimeouts.Draw(t, "stop timeout"),
		Drain:       rapid.SampledFrom([]time.Duration{0, 0, 80 * time.Millisecond}).Draw(t, "drain"),
		Unruly:      drawUnruly(t),
	}
	connected := rapid.Bool().Draw(t, "connected")
	for i := range rapid.IntRange(1, 4).Draw(t, "services") {
		s := drawService(t)
		if connected {
			s.connect(t, i)
		}
		p.Services = append(p.Services, s)
	}
	for range rapid.IntRange(1, 5).Draw(t, "acts") {
		p.Acts = append(p.Acts, p.drawAct(t))
	}
	return p.playable()
}

func drawService(t *rapid.T) servicePlan {
	s := servicePlan{
		Server:       rapid.Bool().Draw(t, "server"),
		Value:        rapid.IntRange(0, 9).Draw(t, "value") == 9,
		Load:         rapid.Bool().Draw(t, "load"),
		Ready:        rapid.Bool().Draw(t, "ready"),
		StartTimeout: drawnBudgets.Draw(t, "start timeout"),
		StopTimeout:  drawnBudgets.Draw(t, "stop timeout"),
		Wrap:         rapid.IntRange(0, 2).Draw(t, "wrap"),
		OnStart:      drawFault(t, "start"),
		OnStop:       drawFault(t, "stop"),
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

func (p plan) drawAct(t *rapid.T) actPlan {
	act := actPlan{At: drawnMoments.Draw(t, "at"), What: drawnActs.Draw(t, "what")}
	act.Behind = act.At < lastAct && rapid.IntRange(0, 3).Draw(t, "behind") == 3
	switch act.What {
	case "signal":
		return act
	case "run", "start", "stop":
		act.Services = rapid.SliceOfN(rapid.IntRange(0, len(p.Services)-1), 1, len(p.Services)).Draw(t, "of")
		if rapid.Bool().Draw(t, "with needs") {
			act.Services = p.withNeeds(act.Services)
		}
		if !rapid.Bool().Draw(t, "twice") {
			slices.Sort(act.Services)
			act.Services = slices.Compact(act.Services)
		}
	}
	act.Limit = drawnLimits.Draw(t, "limit")
	return act
}

// withNeeds adds what services are After and is not among them.
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

// playable takes out of a plan what would hang the case, or end the process.
func (p plan) playable() plan {
	for i := range p.Services {
		s := &p.Services[i]
		if p.stopTimeout(*s) <= 0 && (s.OnStop.Forever || s.Server && s.OnStart.Forever) {
			s.StopTimeout = 200 * time.Millisecond // else nothing would end the wait for it
		}
	}
	signals := 0
	p.Acts = slices.DeleteFunc(p.Acts, func(act actPlan) bool {
		if act.What == "signal" {
			signals++
		}
		return act.What == "signal" && signals > 2 // a third would end the process
	})
	return p
}

// stopTimeout is what a service has to stop; 0 or less means any time.
func (p plan) stopTimeout(s servicePlan) time.Duration {
	if s.StopTimeout != 0 {
		return s.StopTimeout
	}
	return p.StopTimeout
}
