package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/go-fxservices/services/runner"
)

const ms = time.Millisecond

// takes returns a step that lasts for d, or until its context ends.
func takes(d time.Duration) func(context.Context) error {
	return func(ctx context.Context) error {
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

// server listens until it is closed.
func server(name string, closing time.Duration) runner.Server {
	listen := func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	}
	return runner.NewServer(name, listen, takes(closing))
}

// loading makes a service that has a configuration to load.
type loading struct{ takes time.Duration }

// Load implements [runner.Configurable].
func (l loading) Load(ctx context.Context) error { return takes(l.takes)(ctx) }

// warmUp makes a service that is not ready as soon as it is started.
type warmUp struct{ end func() time.Time }

func warmsUp(d time.Duration) warmUp {
	return warmUp{sync.OnceValue(func() time.Time { return time.Now().Add(d) })}
}

// IsReady implements [runner.ReadyChecker]. The time begins when it is asked first.
func (w warmUp) IsReady(context.Context) error {
	if time.Now().Before(w.end()) {
		return errors.New("warming up")
	}
	return nil
}
