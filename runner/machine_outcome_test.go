package runner_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-fxservices/services/runner"
)

// lifeEnd is something that may have ended a Run.
type lifeEnd struct {
	at     time.Duration
	reason string
	err    error // the context's, the cause of Shutdown, the failure
	maybe  bool  // nobody can tell whether it ended the Run
}

// endings returns everything that may have ended a Run while it was under way.
func (c oneCall) endings(all []happening, calls []oneCall) (endings []lifeEnd) {
	add := func(at time.Duration, reason string, err error) {
		if at != never && at <= c.over {
			endings = append(endings, lifeEnd{at: at, reason: reason, err: err})
		}
	}
	if c.act.Limit != 0 {
		add(c.begun+max(c.act.Limit, 0), "context", context.DeadlineExceeded)
	}
	if c.act.Cancel != 0 {
		add(c.begun+max(c.act.Cancel, 0), "context", context.Canceled)
	}
	add(c.notified(all), "context", context.Canceled)
	for i, h := range all[c.from:c.to] {
		switch {
		case h.what == "sent":
			add(h.at, "signal", nil)
		case h.what == "call" && h.name == "finish":
			add(h.at, "finish", nil)
		case h.what == "call" && h.name == "shutdown":
			add(h.at, "shutdown", causes[h.act.Cause])
		case h.what == "after" && h.op != runner.OpStop && h.err != nil && h.by == c.id:
			add(h.at, "failure", h.err)
		case h.isFailure() && c.isEndedBy(all[:c.from+i], calls, h):
			add(h.at, "failure", h.err)
			// The other Run may be over, or not yet; and a stop of the same moment may have come first.
			endings[len(endings)-1].maybe = h.by != c.id || meetsStop(all[c.from+i:], h)
		}
	}
	if done := c.jobsDone(all); done <= c.over {
		add(done, "jobs", nil)
		endings[len(endings)-1].maybe = c.timeToAsk() > 0 // the start may have gone on
	}
	for _, other := range calls { // a Runner that has nothing else to do ends with the Jobs of a Start
		if done := other.jobsDone(all); other.act.What == "start" && other.id != c.id && done >= c.begun && done <= c.over {
			add(done, "other jobs", nil)
			endings[len(endings)-1].maybe = true
		}
	}
	return endings
}

// isFailure reports whether a service that has started has failed.
func (h happening) isFailure() bool {
	switch h.op {
	case runner.OpListen, runner.OpRun, opFailed:
		return h.what == "leave" && !h.outcome.ok()
	default:
		return h.what == "server failed" || h.what == "service failed" || h.what == "reports"
	}
}

// isEndedBy reports whether the failure of a service ends a Run: it is one of its own, or ends the life of the Runner. Once a
// service is being stopped, it does not.
func (c oneCall) isEndedBy(before []happening, calls []oneCall, failure happening) bool {
	by, reported := failure.by, failure.what == "reports" || failure.op == opFailed
	for i := len(before) - 1; i >= 0; i-- {
		h := before[i]
		if h.name != failure.name {
			continue
		}
		if h.what == "before" && h.op == runner.OpStop || reported && h.what == "leave" && h.op == runner.OpRun {
			return false
		}
		if h.what == "enter" && h.op == opFailed && h.id == failure.id {
			reported = false // what came before it is the start of the same instance
		}
		if h.what == "enter" && h.op == c.plan.Services[c.serviceOf(h.name)].startOp() && !reported {
			by = h.by
			break
		}
	}
	other, ok := find(calls, by)
	return !ok || other.id == c.id || other.act.What == "start" || other.over <= failure.at
}

// meetsStop reports whether the stop of a service begins in the moment in which it fails.
func meetsStop(since []happening, failure happening) bool {
	return slices.ContainsFunc(since, func(h happening) bool {
		return h.at == failure.at && h.name == failure.name && h.what == "before" && h.op == runner.OpStop
	})
}

// isFresh reports whether nothing that came before a call has ended the life of the Runner.
func (c oneCall) isFresh(all []happening, calls []oneCall) bool {
	for i := c.from - 1; i >= 0; i-- {
		h := all[i]
		switch {
		case h.what == "return" && h.name == "finish":
			finish, _ := find(calls, h.id)
			return h.at < c.begun && !slices.ContainsFunc(calls, func(other oneCall) bool {
				return other.from < c.from && other.to > finish.from && other.id != finish.id // beside the Finish
			})
		case h.what == "sent", h.what == "call" && (h.name == "finish" || h.name == "shutdown"),
			h.what == "job done", h.isFailure(), h.what == "leave" && h.op == runner.OpRun,
			h.what == "after" && h.err != nil:
			return false
		}
	}
	return true
}

// decided requires of each Run and Start that it returns the error of the end that came first, as DESIGN's table of Run says.
// Ends that come in one moment may come in any order, but for a signal and the context that it ends.
func (m *machine) decided(all []happening, calls []oneCall) (wrong []string) {
	if m.isAmbiguous() || m.unruly.delay() > 0 { // they hear of an end later than it comes
		return nil
	}
	for _, c := range calls {
		if !c.act.starts() || len(c.act.Services) == 0 || !c.isFresh(all, calls) || isRefused(c.err) {
			continue
		}
		endings := c.endings(all, calls)
		unsure := slices.ContainsFunc(endings, func(e lifeEnd) bool { return e.maybe })
		if unsure || c.decidesFirst(all, endings) {
			continue
		}
		// An end in the moment of the call may have come before it, and the Jobs of others end a Runner only that is idle.
		later := slices.DeleteFunc(slices.Clone(endings), func(e lifeEnd) bool {
			return e.at == c.begun && e.reason != "context" || e.maybe
		})
		if len(later) == len(endings) || !c.decidesFirst(all, later) {
			wrong = append(wrong, fmt.Sprintf("not decided by the first end: %v: %v", endings, all[c.to]))
		}
	}
	return wrong
}

// decidesFirst reports whether a Run returned the error of the first of endings.
func (c oneCall) decidesFirst(all []happening, endings []lifeEnd) bool {
	first := never
	for _, e := range endings {
		first = min(first, e.at)
	}
	endings = slices.DeleteFunc(slices.Clone(endings), func(e lifeEnd) bool { return e.at != first })
	if slices.ContainsFunc(endings, func(e lifeEnd) bool { return e.reason == "signal" }) && first == c.notified(all) {
		endings = slices.DeleteFunc(endings, func(e lifeEnd) bool { return e.reason == "context" && e.at != c.ends() })
	}
	return c.isDecidedBy(all, endings, first)
}

// isAmbiguous reports whether something happens under one name to several instances, so that nobody can tell whose it is.
func (m *machine) isAmbiguous() bool {
	for s := range m.services {
		if !m.plan.isSingle(s) {
			return true
		}
	}
	return false
}

// isRefused reports whether a Run was refused before it began.
func isRefused(err error) bool {
	refused := false
	for _, refusal := range []error{runner.ErrInvalidServiceType, runner.ErrAlreadyStarted, runner.ErrStillRunning, runner.ErrNotStarted, runner.ErrCycle} {
		refused = refused || errors.Is(err, refusal)
	}
	return refused
}
