package runner

import (
	"context"
	"time"
)

// These make the contexts of the calls of a start.

// prepare returns the context of a call that begins now, with what Observers add to it.
func (s *startup) prepare(c *caller, u *unit, op Op, left time.Duration) (ctx *callContext, now time.Time) {
	var added *added
	if s.observers.anySteps() && !s.hasEnded() {
		given := u.servingContext() // of Listen, which lasts
		if u.serving == nil || op == OpLoad {
			given = s.context(u, time.Now(), left)
		}
		added = c.askSteps(s.observers, given, u.service, op)
	}
	now = time.Now()
	ctx = s.context(u, now, left)
	ctx.added = added
	return ctx, now
}

// context returns the context of a call that begins now, or of the events around it, where so much is left of the start
// timeout.
func (s *startup) context(u *unit, now time.Time, left time.Duration) *callContext {
	return s.contextOf(s.run.ctx, u, deadlineAfter(now, left))
}

func (s *startup) contextOf(parent context.Context, u *unit, deadline time.Time) *callContext {
	ctx := u.startCtx.orNew()
	ctx.subject, ctx.parent, ctx.deadline = &u.description, parent, deadline
	return ctx
}
