package runner

import (
	"context"
	"sync"

	"github.com/go-fxservices/services/internal/identity"
)

// A stepQuery asks StepObservers, one after the other, what they add to the context of a call. One that was left behind may
// answer later: nobody listens any more.
type stepQuery struct {
	mu    sync.Mutex
	asked int             // Observers so far
	ctx   context.Context // what the next one gets
}

// askSteps returns what StepObservers add to the context of a call that is about to begin, or nil if that is nothing. given
// is a context like that of the call: one of its own, because the time that Observers take is not that of the service.
func (c *caller) askSteps(o *observers, given *callContext, s Service, op Op) *added {
	q := &stepQuery{ctx: given}
	c.tell(newEvent(o, o.steps, func(observer StepObserver) { q.ask(observer, s, op) }))
	_, values := q.begin()
	if values == given {
		given.end(context.Canceled)
		return nil
	}
	return &added{values: values, given: given}
}

func (q *stepQuery) ask(observer StepObserver, s Service, op Op) {
	turn, given := q.begin()
	ctx := observer.StepContext(given, s, op)
	q.mu.Lock()
	defer q.mu.Unlock()
	if turn == q.asked && ctx != given && !identity.IsNil(ctx) {
		q.ctx = &stepContext{given, ctx}
	}
}

// begin returns what the next Observer gets. What others before it still answer does not count.
func (q *stepQuery) begin() (turn int, given context.Context) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.asked++
	return q.asked, q.ctx
}

// stepContext is the context that a StepObserver got, with the values of the one that it returned. It takes nothing else:
// a call ends when the Runner says so, whatever ends the context of an Observer, or keeps it from ending.
type stepContext struct {
	context.Context
	returned context.Context
}

// Value implements [context.Context].
func (s *stepContext) Value(key any) any {
	if !isOwn(key) {
		if value := s.returned.Value(key); value != nil {
			return value
		}
	}
	return s.Context.Value(key)
}
