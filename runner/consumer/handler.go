package consumer

import (
	"context"
	"fmt"
)

// A handler handles the messages of one Listen. All workers use it at the same time.
type handler[M any] struct {
	settings  *settings[M]
	progress  *progress
	handling  context.Context // of handle; ends with the time of Close
	reporting context.Context // of OnError; never ends
}

// handle takes a message from receive to its end. The end is a deferred function, because runtime.Goexit in handle does not
// let this one return.
func (h *handler[M]) handle(message M) {
	ctx, cancel := h.context()
	var err error
	returned := false
	defer func() {
		if !returned {
			err = panicError(recover())
		}
		cancel()
		h.finish(message, err)
	}()
	err = h.settings.handle(ctx, message)
	returned = true
}

// context returns the context for one message. Without a timeout all share one: a context for each would cost more than the
// rest of the loop.
func (h *handler[M]) context() (context.Context, context.CancelFunc) {
	if h.settings.handleTimeout <= 0 {
		return h.handling, func() {}
	}
	return context.WithTimeout(h.handling, h.settings.handleTimeout)
}

func (h *handler[M]) finish(message M, err error) {
	if err == nil {
		h.progress.handled()
		return
	}
	h.progress.beginFailing()
	defer h.progress.endFailing()
	h.report(h.settings.onError, message, err)
}

// report calls each OnError, the others after one has panicked, too: the last may be the one that gives the message back.
func (h *handler[M]) report(onError []func(context.Context, M, error), message M, err error) {
	if len(onError) == 0 {
		return
	}
	returned := false
	defer func() {
		if !returned {
			h.progress.notePanic(fmt.Errorf("OnError: %w", panicError(recover())))
		}
		h.report(onError[1:], message, err)
	}()
	onError[0](h.reporting, message, err)
	returned = true
}
