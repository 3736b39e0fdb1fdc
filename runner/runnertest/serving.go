package runnertest

import "context"

// serving is a call of Listen, or of Run of a Job.
type serving struct {
	*call
	end    func()          // ends its context
	looked <-chan struct{} // closed once it has looked at that
}

// serve starts a call that lasts.
func (i *instance) serve(what string, method func(context.Context) error) *serving {
	ctx, end, looked := watch(i.base)
	return &serving{i.start(ctx, what, method), end, looked}
}

// settle waits a moment for a call to get on: until it looks at its context, or has returned.
func (i *instance) settle(s *serving) { waitForAny(i.limits.moment, s.done, s.looked) }

// lasts watches a call for some moments, in which it must not fail.
func (i *instance) lasts(s *serving) *breach {
	waitFor(s.done, 10*i.limits.moment)
	return s.mustNotFail()
}

// mustEnd is broken by a call that does not return after the end of its context.
func (i *instance) mustEnd(s *serving) *breach {
	s.end()
	return s.mustReturn(i.limits.patience, "the end of its context")
}

// refusesOne is broken by one of two calls that panics, and if both fail: one of them may be refused. That is not always the
// second one: on a busy machine the first may have hardly begun.
func (i *instance) refusesOne(first, second *serving) (refused bool, b *breach) {
	if waitFor(second.done, i.limits.moment) {
		waitFor(first.done, i.limits.moment)
	}
	if b := firstOf(second.mustNotPanic, first.mustNotPanic); b != nil {
		return false, b
	}
	if first.hasFailed() && second.hasFailed() {
		return false, broken("%s returned an error, and so did the first one: %v", second.what, first.err)
	}
	return first.hasFailed() || second.hasFailed(), nil
}
