package runner_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-fxservices/services/runner"
)

// patience is how much later than its budget something may end.
const patience = 250 * time.Millisecond

// patience is how much later than its budget something may end in this case.
func (m *machine) patience() time.Duration { return patience + m.unruly.delay() }

// check returns what is wrong with what happened in a case that is over.
func (m *machine) check() (wrong []string) {
	all := m.entriesFirst(m.snapshot())
	calls := m.callsOf(all)
	if left := m.runner.Services(); len(left) > 0 {
		wrong = append(wrong, fmt.Sprintf("never stopped: %v", left))
	}
	if state := m.runner.State(); state != runner.StateIdle && state != runner.StateStopped {
		wrong = append(wrong, fmt.Sprintf("not stopped at the end: %v", state))
	}
	for s := range m.services {
		wrong = append(wrong, m.historyOf(all, s).check()...)
	}
	wrong = append(wrong, m.startsInOrder(all, calls)...)
	wrong = append(wrong, m.startsUntilFailure(all)...)
	wrong = append(wrong, m.stopsInOrder(all, calls)...)
	wrong = append(wrong, m.stopsAfterDependents(all, calls)...)
	wrong = append(wrong, m.stopsAfterStarts(all, calls)...)
	wrong = append(wrong, m.outbursts(all)...)
	wrong = append(wrong, m.complete(all, calls)...)
	wrong = append(wrong, m.refused(all, calls)...)
	wrong = append(wrong, m.onTime(all, calls)...)
	wrong = append(wrong, m.withinPeriod(calls)...)
	wrong = append(wrong, m.decided(all, calls)...)
	wrong = append(wrong, m.signalsTold(all)...)
	return append(wrong, m.reported(all)...)
}

// complete requires of each call that says so that all its services have started.
func (m *machine) complete(all []happening, calls []oneCall) (wrong []string) {
	for _, c := range calls {
		if !c.act.starts() || c.act.What == "run" && c.lasts() || !saysOnlyOutbursts(c.err) {
			continue
		}
		for _, s := range c.act.Services {
			if m.told(all, serviceName(s), c.id) != count(c.act.Services, s) {
				wrong = append(wrong, fmt.Sprintf("not started: s%d: %v", s, all[c.from]))
			}
		}
	}
	return wrong
}

// refused looks at services that calls refuse.
func (m *machine) refused(all []happening, calls []oneCall) (wrong []string) {
	for s, p := range m.plan.Services {
		name := serviceName(s)
		for _, c := range calls {
			if c.err == nil {
				continue
			}
			if text := c.err.Error(); p.isAlike() && strings.Contains(text, fmt.Sprintf("%q: %v", name, runner.ErrAlreadyStarted)) {
				wrong = append(wrong, fmt.Sprintf("refused a value: %v", all[c.to]))
			} else if strings.Contains(text, fmt.Sprintf("%q: %v", name, runner.ErrStillRunning)) && !insideDuring(all, name, c) {
				wrong = append(wrong, fmt.Sprintf("refused though no call of it runs: %v", all[c.to]))
			}
		}
	}
	for _, h := range all {
		each(h.err, func(part error) {
			if timeout, ok := part.(*runner.TimeoutError); ok && timeout.Reason == context.Canceled { //nolint:errorlint // the very same
				if h.what == "after" && h.op == runner.OpStop {
					wrong = append(wrong, fmt.Sprintf("a stop was cut short by a cancel: %v", h))
				}
			}
		})
	}
	return wrong
}

// insideDuring reports whether a call of a service is under way at some time while c is.
func insideDuring(all []happening, name string, c oneCall) bool {
	inside := map[int]bool{}
	for i, h := range all[:c.to] {
		if h.name != name || h.id == 0 {
			continue
		}
		switch h.what {
		case "enter":
			inside[h.id] = true
		case "leave": // the Runner hears of it in the same moment, or a little later
			if h.at < c.begun {
				delete(inside, h.id)
			}
		}
		if i >= c.from && len(inside) > 0 {
			return true
		}
	}
	return len(inside) > 0
}

// signalsTold requires that Observers are told of each signal once.
func (m *machine) signalsTold(all []happening) (wrong []string) {
	sent, told := 0, 0
	for _, h := range all {
		switch h.what {
		case "sent":
			sent++
		case "signal":
			told++
		case "second listener":
			wrong = append(wrong, "two listeners at once")
		}
		if strings.HasPrefix(h.what, "context of ") {
			wrong = append(wrong, fmt.Sprintf("not what StepContext returned: %v", h))
		}
	}
	if sent != told {
		wrong = append(wrong, fmt.Sprintf("signals told: %d of %d", told, sent))
	}
	return wrong
}

// reported returns the errors of services that nobody was told of.
func (m *machine) reported(all []happening) (wrong []string) {
	for i, h := range all {
		if h.outcome.sentinel == nil || h.op == opFailed || h.op == runner.OpReady && h.outcome.how != endsPanicking || m.excused(all[:i], all, h) || isSecondClose(all[:i], h) {
			continue
		}
		observed, returned := tells(all[i:], h)
		if !observed && !returned {
			wrong = append(wrong, fmt.Sprintf("not told: %v", h.outcome.sentinel))
		}
		asked := h.op == runner.OpLoad || h.op == runner.OpStart || h.op == runner.OpReady
		if asked && !returned {
			wrong = append(wrong, fmt.Sprintf("not returned: %v", h.outcome.sentinel))
		}
	}
	return wrong
}

// excused reports whether the call was abandoned before it ended. Observers may have been told of that later.
func (m *machine) excused(before, all []happening, left happening) bool {
	i := slices.IndexFunc(before, func(h happening) bool { return h.what == "enter" && h.id == left.id })
	for _, h := range all {
		if h.at >= before[i].at && h.at <= left.at+m.unruly.delay() && abandons(h.err, left.name, left.op) {
			return true
		}
	}
	return false
}

// isSecondClose reports whether a server was closed once more. It may panic then, as one does that closes a channel again.
func isSecondClose(before []happening, left happening) bool {
	closes := 0
	for _, h := range before {
		switch {
		case h.name != left.name || h.what != "enter":
		case h.op == runner.OpListen:
			closes = 0
		case h.op == runner.OpClose:
			closes++
		}
	}
	return left.op == runner.OpClose && left.outcome.how == endsPanicking && closes > 1
}

func tells(all []happening, left happening) (observed, returned bool) {
	for _, h := range all {
		if h.what != "leave" && errors.Is(h.err, left.outcome.sentinel) {
			observed = observed || h.what != "return"
			returned = returned || h.what == "return"
		}
	}
	return observed, returned
}
