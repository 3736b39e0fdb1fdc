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
	StopTimeout time.Duration
	Drain       time.Duration
	Services    []servicePlan
	Acts        []actPlan
}

// servicePlan is one service. The zero duration of a setting means that there is
// no setting, and less that there is no limit.
type servicePlan struct {
	Server                    bool
	Load, Ready               bool // what it can do beside
	StartTimeout, StopTimeout time.Duration
	Wrap                      int // which order the wrappers have
	OnLoad, OnReady           faultPlan
	OnStart, OnStop           faultPlan // of a Server Listen, and Close
}

// actPlan is one call from a goroutine of its own.
type actPlan struct {
	At       time.Duration
	What     string
	Services []int
	Limit    time.Duration // when its context ends; 0: never; less: it has already
}

const lastAct = time.Second

var (
	drawnMoments = rapid.SampledFrom([]time.Duration{
		0, time.Millisecond, 40 * time.Millisecond, 150 * time.Millisecond, 200 * time.Millisecond, 550 * time.Millisecond, lastAct,
	})
	drawnLimits  = rapid.SampledFrom([]time.Duration{0, 0, 0, -1, 20 * time.Millisecond, 150 * time.Millisecond, 450 * time.Millisecond})
	drawnBudgets = rapid.SampledFrom([]time.Duration{0, 0, -1, 30 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond})
	drawnActs    = rapid.SampledFrom([]string{"run", "run", "run", "start", "start", "stop", "finish", "wait", "signal"})
)

func drawPlan(t *rapid.T) plan {
	p := plan{
		KeepGoing:   rapid.Bool().Draw(t, "keep going"),
		StopTimeout: rapid.SampledFrom([]time.Duration{100 * time.Millisecond, 400 * time.Millisecond}).Draw(t, "stop timeout"),
		Drain:       rapid.SampledFrom([]time.Duration{0, 0, 80 * time.Millisecond}).Draw(t, "drain"),
	}
	for range rapid.IntRange(1, 4).Draw(t, "services") {
		p.Services = append(p.Services, drawService(t))
	}
	signals := 0
	for range rapid.IntRange(1, 5).Draw(t, "acts") {
		act := drawAct(t, len(p.Services))
		if act.What == "signal" {
			if signals++; signals > 2 {
				continue // a third would end the process
			}
		}
		p.Acts = append(p.Acts, act)
	}
	return p
}

func drawService(t *rapid.T) servicePlan {
	s := servicePlan{
		Server:       rapid.Bool().Draw(t, "server"),
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
	if s.StopTimeout < 0 && (s.OnStop.Forever || s.Server) {
		s.StopTimeout = 0 // else nothing would end the wait for it
	}
	return s
}

func drawAct(t *rapid.T, services int) actPlan {
	act := actPlan{At: drawnMoments.Draw(t, "at"), What: drawnActs.Draw(t, "what")}
	switch act.What {
	case "signal":
		return act
	case "run", "start", "stop":
		act.Services = rapid.SliceOfN(rapid.IntRange(0, services-1), 1, services).Draw(t, "of")
		if !rapid.Bool().Draw(t, "twice") {
			slices.Sort(act.Services)
			act.Services = slices.Compact(act.Services)
		}
	}
	act.Limit = drawnLimits.Draw(t, "limit")
	return act
}
