package runner_test

import (
	"errors"
	"slices"
	"time"

	"github.com/go-fxservices/services/runner"
)

// This is DESIGN's table of what Run returns, as the machine reads it.

// isDecidedBy reports whether the error of a Run is that of one of endings, which all came at first.
func (c oneCall) isDecidedBy(all []happening, endings []lifeEnd, first time.Duration) bool {
	up := c.allUp(all)
	mayBeUp := up >= 0 && all[up].at <= first
	mayStart := !mayBeUp || first <= all[up].at+c.timeToAsk()
	failed := !slices.ContainsFunc(endings, func(e lifeEnd) bool { return e.reason != "failure" })
	if up >= 0 && failed && c.act.What == "start" && c.isGraceful(all) {
		return true // Wait returns the failure of a service that is up
	}
	if mayBeUp && (c.act.What == "start" || !c.lasts()) && c.isGraceful(all) {
		return true
	}
	return slices.ContainsFunc(endings, func(e lifeEnd) bool {
		return mayBeUp && c.lasts() && c.act.What == "run" && c.returnsServing(all, e) || mayStart && c.returnsStarting(all, e)
	})
}

// timeToAsk is how long the start may go on once Observers were told of its end: a Failed that does not return delays it.
func (c oneCall) timeToAsk() time.Duration {
	if slices.ContainsFunc(c.act.Services, func(s int) bool { return c.plan.Services[s].Report.How == reportHangs }) {
		return forgiveness
	}
	return 0
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
	case e.reason == "failure": // the error of another step may be told first
		return c.err != nil
	case e.err != nil:
		return errors.Is(c.err, e.err)
	case e.reason == "signal":
		return errors.As(c.err, &signaled)
	case e.reason == "finish":
		return errors.Is(c.err, runner.ErrFinishing) || c.lasts() && c.isGraceful(all)
	case e.reason == "shutdown", e.reason == "other jobs":
		return errors.Is(c.err, runner.ErrShutdown) || c.lasts() && c.isGraceful(all)
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
		own := h.what == "after" && h.by == c.id // the error of a step that met the end is joined
		if h.err != nil && (mine && c.has(c.serviceOf(h.name)) || own) {
			return true
		}
	}
	return signals > 1 || c.plan.Period > 0 || c.hadDeadline(all)
}

// hadDeadline reports whether the deadline of a Finish or Stop may have cut short what a Run waited for.
func (c oneCall) hadDeadline(all []happening) bool {
	for _, h := range all[:c.to] {
		if h.what == "call" && (h.name == "finish" || h.name == "stop") && h.act.Limit != 0 {
			return true
		}
	}
	return false
}
