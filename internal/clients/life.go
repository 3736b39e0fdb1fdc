package clients

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/runner"
)

// Steps are what a library does with a client of type T.
type Steps[T any] struct {
	// Open makes a client. If the library has one that is not connected, it opens no connection.
	Open func(context.Context) (T, error)
	// Start proves that the server answers, and prepares it. By default it is Check.
	Start func(context.Context, T) error
	// Check asks the server for an answer.
	Check func(context.Context, T) error
	// Close gives back what the client has. When its context ends, or if that has ended, it cuts off what is in use, returns soon,
	// and says what it has cut off.
	Close func(context.Context, T) error
}

// Life is the life of a client from Start to Stop. It is safe for concurrent use.
//
//	none ── Prepared ──▶ prepared ── Start ──▶ started ── Stop ──▶ none
//
// Start also makes a client by itself. A Start that fails closes the client it has made; one that was prepared stays, because
// somebody has it already.
type Life[T any] struct {
	steps Steps[T]
	turn  chan struct{} // full while Start or Stop works; a channel, so that waiting for it can end

	mu       sync.Mutex
	client   T
	prepared bool // client is one, which is not started
	started  bool // client is one
}

// NewLife returns a Life without a client.
func NewLife[T any](steps Steps[T]) *Life[T] {
	if steps.Start == nil {
		steps.Start = steps.Check
	}
	return &Life[T]{steps: steps, turn: make(chan struct{}, 1)}
}

// lastMoment is how long a failed start waits for the client that it closes. A Runner waits for 150 ms after the end of the context.
const lastMoment = 100 * time.Millisecond

var errNilContext = errors.New("the context is nil")

// take waits for the turn of a Start or a Stop. If ctx has ended already, it takes a turn that is free.
func (l *Life[T]) take(ctx context.Context) error {
	if identity.IsNil(ctx) {
		return errNilContext
	}
	select {
	case l.turn <- struct{}{}:
		return nil
	default:
	}
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ended(ctx)
	}
}

func (l *Life[T]) done() { <-l.turn }

// Start makes a client, or takes the one that was prepared, and proves that its server answers. An error leaves nothing
// behind that Start has made. If it has started already, that is [runner.ErrAlreadyStarted].
func (l *Life[T]) Start(ctx context.Context) error {
	if err := l.take(ctx); err != nil {
		return err
	}
	defer l.done()
	if ctx.Err() != nil {
		return ended(ctx)
	}
	if _, started := l.Started(); started {
		return runner.ErrAlreadyStarted
	}
	client, prepared := l.isPrepared()
	if !prepared {
		var err error
		if client, err = l.steps.Open(ctx); err != nil {
			return because(ctx, err)
		}
	}
	err := l.steps.Start(ctx, client)
	if err == nil && ctx.Err() != nil {
		err = ended(ctx)
	}
	if err == nil {
		l.set(client, false, true)
		return nil
	}
	if prepared {
		return because(ctx, err)
	}
	// Nobody uses it, so there is nothing to wait for but the library.
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastMoment)
	defer cancel()
	_ = l.steps.Close(within, client)
	return because(ctx, err)
}

// Stop closes the client. It is started, or was prepared; else there is nothing to do.
func (l *Life[T]) Stop(ctx context.Context) error {
	if err := l.take(ctx); err != nil {
		return err
	}
	defer l.done()
	client, started := l.Started()
	if !started {
		var prepared bool
		if client, prepared = l.isPrepared(); !prepared {
			return nil
		}
	}
	var none T
	l.set(none, false, false)
	return because(ctx, l.steps.Close(ctx, client))
}

// Check asks the server, if the client is started.
func (l *Life[T]) Check(ctx context.Context) error {
	if identity.IsNil(ctx) {
		return errNilContext
	}
	if ctx.Err() != nil {
		return ended(ctx)
	}
	client, started := l.Started()
	if !started {
		return errNotStarted
	}
	return because(ctx, l.steps.Check(ctx, client))
}

var errNotStarted = runner.ErrNotStarted

// Started returns the client that is started.
func (l *Life[T]) Started() (client T, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.started {
		return client, false
	}
	return l.client, true
}

// Prepared returns the client that is started, or the one that the next Start will start. Only a library whose Open opens no
// connection and never fails can have that.
func (l *Life[T]) Prepared() T {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.started && !l.prepared {
		client, err := l.steps.Open(context.Background())
		if err != nil {
			panic(fmt.Sprintf("clients: Open failed: %v", err)) // the caller has checked what it opens
		}
		l.client, l.prepared = client, true
	}
	return l.client
}

func (l *Life[T]) isPrepared() (T, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.client, l.prepared
}

func (l *Life[T]) set(client T, prepared, started bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.client, l.prepared, l.started = client, prepared, started
}

// ended returns an error that wraps why ctx has ended.
func ended(ctx context.Context) error {
	if cause := context.Cause(ctx); !errors.Is(cause, ctx.Err()) {
		return fmt.Errorf("%w: %w", ctx.Err(), cause)
	}
	return ctx.Err()
}

// because adds why ctx has ended to an error that does not say it: libraries return what a broken connection told them.
func because(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil || errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx)) {
		return err
	}
	return fmt.Errorf("%w: %w", ended(ctx), err)
}

// Bounded calls a function that has no context, and returns its error, or an error that says that doing is not done when ctx ends.
// The function then goes on without it, and cut, which ends it, is called.
func Bounded(ctx context.Context, doing string, function func() error, cut func()) error {
	result := make(chan error, 1)
	go func() { result <- function() }()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
	}
	select { // it has won, if only just
	case err := <-result:
		return err
	default:
	}
	cut()
	return fmt.Errorf("%s: cut off: %w", doing, ended(ctx))
}
