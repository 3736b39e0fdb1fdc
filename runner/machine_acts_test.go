package runner_test

import (
	"context"
	"errors"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/go-fxservices/services/runner"
)

// actPlan is one call from a goroutine of its own.
type actPlan struct {
	At       time.Duration
	Behind   bool // it begins later, when the act before it is over, but never later than behindBy
	What     string
	Services []int
	Rewrap   bool          // they are given in wrappers that nobody has seen
	Limit    time.Duration // the deadline of its context; 0: none; less: it is over
	Cancel   time.Duration // when its context is cancelled, likewise
	Notify   bool          // its context is cancelled together with the next signal, as signal.NotifyContext does
	Cause    int           // with which of causes it is cancelled, or the Runner shut down
}

// starts reports whether it is a call of Run or Start.
func (a actPlan) starts() bool { return a.What == "run" || a.What == "start" }

const (
	lastAct     = time.Second
	behindBy    = 50 * time.Millisecond
	maxServices = 4
)

// causes are the causes that come with contexts. Those that look like errors of a Runner are not its own.
var causes = []error{
	nil,
	errors.New("drawn cause"),
	&runner.ServiceError{Op: runner.OpStart, Name: "foreign", Err: errors.New("foreign")},
	&runner.SignalError{Signal: sigterm},
	runner.ErrFinishing,
}

var (
	drawnMoments = rapid.SampledFrom([]time.Duration{
		0, time.Millisecond, 40 * time.Millisecond, 150 * time.Millisecond, 200 * time.Millisecond, 550 * time.Millisecond, lastAct,
	})
	drawnLimits = rapid.SampledFrom([]time.Duration{
		0, 0, 0, 0, 0, -1, 20 * time.Millisecond, 150 * time.Millisecond, 450 * time.Millisecond,
	})
	drawnActs = rapid.SampledFrom([]string{
		"run", "run", "run", "run", "start", "start", "start", "stop", "stop", "finish", "finish", "wait", "signal", "signal", "shutdown",
	})
)

func (p plan) drawAct(t *rapid.T) actPlan {
	act := actPlan{At: drawnMoments.Draw(t, "at"), What: drawnActs.Draw(t, "what")}
	act.Behind = act.At < lastAct && rapid.IntRange(0, 3).Draw(t, "behind") == 3
	switch act.What {
	case "signal":
		return act
	case "shutdown":
		act.Cause = rapid.IntRange(0, len(causes)-1).Draw(t, "cause")
		return act
	case "run", "start", "stop":
		p.drawServices(t, &act)
	}
	act.Limit = drawnLimits.Draw(t, "limit")
	act.Cancel = drawnLimits.Draw(t, "cancel")
	act.Notify = rapid.IntRange(0, 3).Draw(t, "notify") == 3
	act.Cause = rapid.IntRange(0, len(causes)-1).Draw(t, "cause")
	return act
}

func (p plan) drawServices(t *rapid.T, act *actPlan) {
	act.Services = rapid.SliceOfN(rapid.IntRange(0, len(p.Services)-1), 1, len(p.Services)).Draw(t, "of")
	if rapid.Bool().Draw(t, "with needs") {
		act.Services = p.withNeeds(act.Services)
	}
	if rapid.IntRange(0, 3).Draw(t, "twice") < 3 {
		slices.Sort(act.Services)
		act.Services = slices.Compact(act.Services)
	}
	act.Rewrap = rapid.IntRange(0, 3).Draw(t, "rewrap") == 3
}

// context returns the context of a call that begins now.
func (m *machine) context(ctx context.Context, id int, act actPlan) (context.Context, context.CancelFunc) {
	cause := causes[act.Cause]
	ctx, cancel := context.WithCancelCause(ctx)
	release := func() { cancel(nil) }
	switch {
	case act.Cancel < 0:
		cancel(cause)
	case act.Cancel > 0:
		timer := time.AfterFunc(act.Cancel, func() { cancel(cause) })
		release = func() { timer.Stop(); cancel(nil) }
	}
	if act.Notify {
		m.signals.cancelWithNext(func() {
			m.add(happening{what: "notified", id: id})
			cancel(cause)
		})
	}
	if act.Limit == 0 {
		return ctx, release
	}
	limited, end := context.WithTimeout(ctx, act.Limit)
	return limited, func() { end(); release() }
}
