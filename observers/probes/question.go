package probes

import (
	"context"
	"time"
)

// question is an entry that a probe asks, and the answers of its checks.
type question struct {
	*entry
	service *service // nil: an added check
	answer  *answer  // of check; nil: it is not asked
	healthy *answer  // of health; likewise
}

// ask asks the checks of some kinds, and does not wait for their answers. It returns false if there are none.
func (q *question) ask(kinds []Kind, now time.Time) (asked bool) {
	if q.check.isOne(kinds) {
		q.answer = q.check.ask(now)
	}
	if q.health.isOne(kinds) {
		q.healthy = q.health.ask(now)
	}
	return q.answer != nil || q.healthy != nil
}

// result waits for the answers, until ctx ends. If both are failures, the first counts.
func (q *question) result(ctx context.Context) result {
	ready, healthy := q.answer.wait(ctx), q.healthy.wait(ctx)
	both := ready
	if ready.ok {
		both = healthy
	}
	both.took = ready.took + healthy.took
	return both
}
