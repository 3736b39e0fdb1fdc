package probes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/go-fxservices/services/internal/errtext"
)

// check asks one function how it is, for all probes: once at a time, each time for no longer than the timeout, and keeps
// the answer for a while.
//
//	none ──ask──▶ asking ──returned──▶ answered ──ask, once the answer is old──▶ asking
//	                 │                    ▲
//	                 └──timed out──▶ overdue ──returned
//
// A function that is overdue has failed, and nobody asks it again before it has returned.
type check struct {
	kind     Kind // says which probes ask it
	call     func(context.Context) error
	settings settings
	parent   context.Context // of the calls
	turn     chan struct{}   // full while one of the checks of a service is asked; nil: it has no others

	mu     sync.Mutex
	latest *answer // nil at first
}

// answer is that of one call.
type answer struct {
	done   chan struct{} // closed once result is there
	result result        // does not change after that

	// Guarded by check.mu.
	given    bool
	returned bool      // the call has
	until    time.Time // it serves until then
}

type result struct {
	ok   bool
	text string // of the error; empty without ShowErrors
	took time.Duration
}

// isOne reports whether c is a check of one of kinds.
func (c *check) isOne(kinds []Kind) bool { return c != nil && slices.Contains(kinds, c.kind) }

// ask returns the answer that serves now, or one that is still to come. It does not wait for it.
func (c *check) ask(now time.Time) *answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a := c.latest; a != nil && (!a.returned || now.Before(a.until)) {
		return a
	}
	c.latest = &answer{done: make(chan struct{})}
	go c.run(c.latest)
	return c.latest
}

// run makes a call, and gives its answer, or that it did not return in time: whatever comes first. A call that takes longer
// makes room for the other check of its service.
func (c *check) run(a *answer) {
	leave := c.enter()
	defer leave()
	ctx, cancel := context.WithTimeout(c.parent, c.settings.timeout)
	defer cancel()
	began := time.Now()
	stop := context.AfterFunc(ctx, func() {
		c.give(a, c.late(ctx, began), false)
		leave()
	})
	defer stop()
	r := result{text: c.text("the call ended its goroutine")} // unless something else follows
	defer func() {
		if panicked := recover(); panicked != nil {
			r.text = c.text("panic: ", panicked)
		}
		if r.took = time.Since(began); ctx.Err() != nil {
			r = c.late(ctx, began)
		}
		c.give(a, r, true)
	}()
	switch err := c.call(ctx); {
	case err == nil:
		r = result{ok: true}
	case c.settings.showErrors:
		r.text = errtext.Of(err) // here, because it is code of the service, too
	}
}

// wait returns the result, or a failure if ctx ends before. Without an answer nothing is wrong.
func (a *answer) wait(ctx context.Context) result {
	if a == nil {
		return result{ok: true}
	}
	select {
	case <-a.done: // though ctx may have ended
		return a.result
	default:
	}
	select {
	case <-a.done:
		return a.result
	case <-ctx.Done():
		return result{text: "the client has left"} // so nobody reads it
	}
}

// enter waits for the turn of the check. The function that it returns ends the turn, and may be called again.
func (c *check) enter() (leave func()) {
	if c.turn == nil {
		return func() {}
	}
	c.turn <- struct{}{} // for no longer than the timeout of the check whose turn it is
	return sync.OnceFunc(func() { <-c.turn })
}

// give gives the answer, if it is the first. returned says that the call has returned.
func (c *check) give(a *answer, r result, returned bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a.returned = a.returned || returned
	if a.given {
		return
	}
	a.given, a.result, a.until = true, r, time.Now().Add(c.settings.cacheFor)
	close(a.done)
}

// late is the result of a call whose context has ended.
func (c *check) late(ctx context.Context, began time.Time) result {
	r := result{text: c.text("the service is stopping"), took: time.Since(began)}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		r.text = c.text("timed out after ", c.settings.timeout)
	}
	return r
}

func (c *check) text(parts ...any) string {
	if !c.settings.showErrors {
		return ""
	}
	return fmt.Sprint(parts...)
}
