package consumer

import (
	"context"
	"sync"

	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/runner"
)

// Consumer receives messages of type M and handles them, from Listen until Close. It is a [runner.Server], made by [New]. All
// its methods are safe for concurrent use.
type Consumer[M any] struct {
	name     string
	settings settings[M]

	mu       sync.Mutex
	current  *session[M] // of the last Listen; nil before, and after its Close
	progress *progress   // of the last Listen; nil before
	past     Stats       // of all Listens before the last
	listened bool        // Listen was called
	closed   bool        // Close was called before that
}

var (
	_ runner.Server        = (*Consumer[any])(nil)
	_ runner.ReadyChecker  = (*Consumer[any])(nil)
	_ runner.HealthChecker = (*Consumer[any])(nil)
)

// New makes a Consumer that passes each message that receive returns to handle.
//
// Receive waits for the next message. One worker at a time calls it, and only if it is free to handle what it gets. Receive must
// return soon after its context has ended, with an error, or with a message, which is handled like any other: an error that is nil
// counts for more than a context that has ended. An error is a failed receive: see [Pause], [FatalError] and [ErrNone].
//
// Handle returns nil if the message is done; acknowledge it there. Any error, and a panic, is one of that message alone: see
// [OnError]. The context of handle has the values of that of Listen. It ends with the context of Close, not when Close begins,
// and at the [HandleTimeout].
//
// A nil function is an error of [Consumer.Listen], and so is an Option that does not fit. A nil Option is skipped.
func New[M any](
	name string, receive func(context.Context) (M, error), handle func(context.Context, M) error, opts ...Option,
) *Consumer[M] {
	return &Consumer[M]{name: name, settings: newSettings(receive, handle, opts)}
}

// Name returns the name of the service.
func (c *Consumer[M]) Name() string { return c.name }

// Listen opens the [Session], receives messages and handles them. It blocks until [Consumer.Close] has finished, and then
// returns nil. Before that it returns:
//
//   - at once what is wrong with the functions and Options of [New];
//   - the error of open of a Session;
//   - the failure of a receive that is a [FatalError].
//
// After a failure nothing is received any more. Listen waits up to 3 s for messages in hand and the close of the Session; Close
// waits for what takes longer.
//
// The end of ctx ends receiving as Close does, but sets no limit to the messages in hand: they are finished, the Session is
// closed, and Listen returns nil. A Close meanwhile limits that. If ctx has ended already, Listen returns nil at once; if it is nil,
// an error.
//
// A Listen while another runs, or while anything of it is left, is [runner.ErrAlreadyStarted]. After Close, Listen can be called
// again. A Close that comes before the first Listen makes that return nil at once.
func (c *Consumer[M]) Listen(ctx context.Context) error {
	if identity.IsNil(ctx) {
		return errNilContext
	}
	if err := c.settings.check(); err != nil {
		return err
	}
	s, err := c.begin(ctx, ctx.Err() != nil)
	if s == nil {
		return err
	}
	go s.live()
	<-s.receiving.Done() // Close has begun, ctx has ended, or the session has failed
	return s.listenResult()
}

// begin returns the session of a Listen, or nil if that has nothing to do.
func (c *Consumer[M]) begin(ctx context.Context, ended bool) (*session[M], error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.current != nil && !c.current.isOver():
		return nil, runner.ErrAlreadyStarted
	case c.closed || ended:
		c.closed, c.listened = false, true
		return nil, nil
	}
	c.listened = true
	c.past = c.stats()
	c.current = newSession(ctx, c.name, &c.settings)
	c.progress = c.current.progress
	return c.current, nil
}

// Close ends the context of receive at once, and nothing is received any more. It waits until every message in hand has been
// handled, one that a late receive returns included, closes the [Session], and returns the error of that.
//
// When ctx ends first, Close ends the context of handle with the same cause. It waits 60 ms for handle to return, and for as long
// as [OnError] takes with the messages that failed. If any did, or handle has not returned, it returns a [*CutOffError]. An open,
// receive or close that has not returned is an error that names it. It also returns the first panic of an OnError since Listen.
//
// Close may be called at any time. Without a Listen there is nothing to do, and no second Close either; while another runs, Close
// waits like that, and the first of their contexts to end counts. A nil ctx is an error.
func (c *Consumer[M]) Close(ctx context.Context) error {
	if identity.IsNil(ctx) {
		return errNilContext
	}
	c.mu.Lock()
	s := c.current
	c.closed = !c.listened
	c.mu.Unlock()
	if s == nil {
		return nil
	}
	defer c.forget(s)
	return s.close(ctx)
}

// forget forgets a session of which nothing is left.
func (c *Consumer[M]) forget(s *session[M]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current == s && s.isOver() {
		c.current = nil
	}
}

// IsReady returns nil from the first receive until Close begins, and otherwise an error that says why not. It does not block,
// and does not use its context.
func (c *Consumer[M]) IsReady(context.Context) error {
	c.mu.Lock()
	s := c.current
	c.mu.Unlock()
	if s == nil {
		return errNotListening
	}
	return s.ready()
}

// IsHealthy returns nil while receives succeed, and otherwise the last failure. A receive succeeds if it returns a message or
// [ErrNone]: where messages are rare, let it return that from time to time, or the consumer stays unhealthy until the next
// message. An error of open of a [Session] is a failure, too. Before the first receive of a Listen the consumer is healthy.
// IsHealthy does not block, and does not use its context.
func (c *Consumer[M]) IsHealthy(context.Context) error {
	c.mu.Lock()
	p := c.progress
	c.mu.Unlock()
	if p == nil {
		return nil
	}
	return p.lastFailure()
}

// Stats returns how many messages the consumer has had since New made it, all at one moment.
func (c *Consumer[M]) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats()
}

func (c *Consumer[M]) stats() Stats {
	if c.progress == nil {
		return c.past
	}
	return c.past.plus(c.progress.snapshot())
}
