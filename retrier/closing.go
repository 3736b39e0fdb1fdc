package retrier

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime/debug"
	"time"

	"github.com/go-fxservices/services/internal/errtext"
	"github.com/go-fxservices/services/runner"
)

// closeTimeout limits a Close of the wrapped server that nobody has asked for. It is
// the default stop timeout of a Runner.
const closeTimeout = 15 * time.Second

// cleanUp closes the wrapped server after a failure. It waits for that Close as long
// as ctx allows, and closeTimeout at most.
func (s *Server) cleanUp(ctx context.Context) error {
	if !s.serving.cleanUp() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, closeTimeout)
	defer cancel()
	return s.closeQuietly(ctx)
}

// closeWith closes the wrapped server should ctx end while it listens: a Close of the
// Server that came before its Listen had begun found nothing to close, and the end of
// ctx is all that is left of it. The returned function ends this, and returns an error
// of the Close if there was one. Only the first call of it counts.
func (s *Server) closeWith(ctx context.Context) (stop func() error) {
	var err error
	done := make(chan struct{})
	unwatch := context.AfterFunc(ctx, func() {
		defer close(done)
		err = s.cleanUp(context.WithoutCancel(ctx))
	})
	return func() error {
		if unwatch() {
			return nil
		}
		<-done
		return err
	}
}

// closeQuietly closes the wrapped server on a goroutine that must survive a panic. It
// does not return an error that only says that there was nothing left to close.
func (s *Server) closeQuietly(ctx context.Context) (err error) {
	err = errExited // unless Close returns
	defer func() {
		if value := recover(); value != nil {
			err = &runner.PanicError{Value: value, Stack: debug.Stack()}
		}
		if errors.Is(err, net.ErrClosed) {
			err = nil
		}
		s.serving.closed(err == nil)
	}()
	return s.server.Close(ctx)
}

// withClose adds an error of the Close that followed to a failure.
func withClose(failure, closed error) error {
	switch {
	case closed == nil:
		return failure
	case failure == nil:
		return fmt.Errorf("close: %w", errtext.Safe(closed))
	default:
		return fmt.Errorf("%w; close: %w", errtext.Safe(failure), errtext.Safe(closed))
	}
}
