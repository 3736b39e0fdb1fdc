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
	reason string // signal, context, finish, shutdown, failure, jobs
	err    error  // the context's, the cause of Shutdown, the failure
}

// endings returns everything that may have ended a Run while it was under way.
func (c oneCall) endings(all []happening, calls []oneCall) (endings []lifeEnd) {
	add := func(at time.Duration, reason string, err error) {
		if at != never && at <= c.over {
			endings = append(endings, lifeEnd{at, reason, err})
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
		case h.what == "server failed", h.what == "reports", h.what == "leave" && h.op == runner.OpRun && h.err != nil,
			h.what == "leave" && h.op == opFailed, h.what == "leave" && h.op == runner.OpListen && (h.err != nil || !h.outcome.ok()),
			h.what == "leave" && h.op == runner.OpRun && !h.outcome.ok():
			if s := c.serviceOf(h.name); c.has(s) || c.endsLife(all[:c.from+i], calls, h.name) {
				add(h.at, "failure", h.err)
			}
		case h.what == "leave" && h.op == runner.OpRun:
			add(h.at, "jobs", nil)
		}
	}
	if up := c.allUp(all); up >= 0 && c.lasts() && !c.hasServers() {
		add(all[up].at, "jobs", nil) // where they were done before
	}
	return endings
}

// endsLife reports whether the failure of a service ends more than its own Run.
func (c oneCall) endsLife(before []happening, calls []oneCall, name string) bool {
	for i := len(before) - 1; i >= 0; i-- {
		if h := before[i]; h.name == name && h.what == "enter" {
			other, ok := find(calls, h.by)
			return !ok || other.act.What == "start" || other.to < len(before)
		}
	}
	return true
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
		case h.what == "sent", h.what == "call" && (h.name == "finish" || h.name == "shutdown"), h.what == "server failed",
			h.what == "job done", h.what == "reports", h.what == "leave" && (h.op == runner.OpRun || h.op == opFailed || h.op == runner.OpListen),
			h.what == "after" && h.err != nil:
			return false
		}
	}
	return true
}

// decided requires of each Run and Start that it returns the error of the end that came first, as DESIGN's table of Run says.
// Ends that come in one moment may come in any order, but for a signal and the context that it ends.
func (m *machine) decided(all []happening, calls []oneCall) (wrong []string) {
	for _, c := range calls {
		if !c.act.starts() || !c.isFresh(all, calls) || isRefused(c.err) {
			continue
		}
		first, endings := never, c.endings(all, calls)
		for _, e := range endings {
			first = min(first, e.at)
		}
		endings = slices.DeleteFunc(endings, func(e lifeEnd) bool { return e.at != first })
		if slices.ContainsFunc(endings, func(e lifeEnd) bool { return e.reason == "signal" }) && first == c.notified(all) {
			endings = slices.DeleteFunc(endings, func(e lifeEnd) bool { return e.reason == "context" && e.at != c.ends() })
		}
		if !c.isDecidedBy(all, endings, first) {
			wrong = append(wrong, fmt.Sprintf("not decided by the first of %v: %v", endings, all[c.to]))
		}
	}
	return wrong
}

// isRefused reports whether a Run was refused before it began.
func isRefused(err error) bool {
	refused := false
	for _, refusal := range []error{runner.ErrInvalidServiceType, runner.ErrAlreadyStarted, runner.ErrStillRunning, runner.ErrNotStarted, runner.ErrCycle} {
		refused = refused || errors.Is(err, refusal)
	}
	return refused
}

func (c oneCall) isDecidedBy(all []happening, endings []lifeEnd, first time.Duration) bool {
	isUp, up := false, c.allUp(all)
	if up >= 0 {
		isUp = all[up].at <= first
	}
	returnsWhenUp := c.act.What == "start" || !c.lasts()
	if isUp && returnsWhenUp && (c.isGraceful(all) || all[up].at < first) {
		return c.isGraceful(all)
	}
	return slices.ContainsFunc(endings, func(e lifeEnd) bool {
		return isUp && c.returnsServing(all, e) || (up < 0 || all[up].at >= first) && c.returnsStarting(all, e)
	})
}

// returnsServing reports whether the error of a Run is that of an end while it served.
func (c oneCall) returnsServing(all []happening, e lifeEnd) bool {
	switch {
	case e.err != nil:
		return errors.Is(c.err, e.err)
	case e.reason == "failure":
		return c.err != nil
	default:
		return c.isGraceful(all)
	}
}

// returnsStarting reports whether the error of a Run is that of an end while it started.
func (c oneCall) returnsStarting(all []happening, e lifeEnd) bool {
	var signaled *runner.SignalError
	switch {
	case e.err != nil:
		return errors.Is(c.err, e.err)
	case e.reason == "signal":
		return errors.As(c.err, &signaled)
	case e.reason == "finish":
		return errors.Is(c.err, runner.ErrFinishing) || c.lasts() && c.isGraceful(all)
	case e.reason == "shutdown":
		return errors.Is(c.err, runner.ErrShutdown) || c.lasts() && c.isGraceful(all)
	case e.reason == "failure":
		return c.err != nil
	default:
		return c.isGraceful(all)
	}
}

// isGraceful reports whether the error of a Run says no more than that something went wrong in the end.
func (c oneCall) isGraceful(all []happening) bool {
	if saysOnlyOutbursts(c.err) {
		return true
	}
	signals := 0
	for _, h := range all[:c.to] {
		if h.what == "sent" {
			signals++
		}
		mine := h.what == "after" && h.op == runner.OpStop || h.what == "server failed" || h.what == "job done" || h.what == "reports"
		if mine && h.err != nil && c.has(c.serviceOf(h.name)) {
			return true
		}
	}
	return signals > 1
}
