package main

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/go-fxservices/services/runner"
)

const ms = time.Millisecond

var errNilContext = errors.New("nil context")

// takes returns a step that lasts for d, or until its context ends.
func takes(d time.Duration) func(context.Context) error {
	return func(ctx context.Context) error {
		if ctx == nil {
			return errNilContext
		}
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// announce and withdraw are the steps of a hook.
func announce(ctx context.Context) error { return takes(5 * ms)(ctx) }
func withdraw(ctx context.Context) error { return takes(3 * ms)(ctx) }

func resource(name string, start, stop time.Duration) runner.Resource {
	return runner.NewResource(name, takes(start), takes(stop))
}

// server listens until it is closed, and needs some time to warm up.
func server(name string, w *warmUp, closing time.Duration) runner.Server {
	listen := func(ctx context.Context) error {
		w.begin()
		<-ctx.Done()
		return ctx.Err()
	}
	return runner.NewServer(name, listen, func(ctx context.Context) error {
		w.end()
		return takes(closing)(ctx)
	})
}

// loading makes a service that has a configuration to load.
type loading struct{ takes time.Duration }

// Load implements [runner.Configurable].
func (l loading) Load(ctx context.Context) error { return takes(l.takes)(ctx) }

// warmUp makes a service that is not ready as soon as it is started.
type warmUp struct {
	takes time.Duration
	began atomic.Pointer[time.Time] // nil: it is not started
}

func warmsUp(d time.Duration) *warmUp { return &warmUp{takes: d} }

func (w *warmUp) begin() {
	now := time.Now()
	w.began.CompareAndSwap(nil, &now)
}

func (w *warmUp) end() { w.began.Store(nil) }

// IsReady implements [runner.ReadyChecker].
func (w *warmUp) IsReady(context.Context) error {
	switch began := w.began.Load(); {
	case began == nil:
		return errors.New("not started")
	case time.Since(*began) < w.takes:
		return errors.New("warming up")
	default:
		return nil
	}
}
