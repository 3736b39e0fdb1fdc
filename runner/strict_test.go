package runner_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// stress calls all of ops at the same time, each n times in a row, and returns
// when that is done.
func stress(n int, ops ...func()) {
	var all sync.WaitGroup
	for _, op := range ops {
		all.Go(func() {
			for range n {
				op()
				runtime.Gosched()
			}
		})
	}
	all.Wait()
}

// phase is where a strict service is in its life.
type phase string

const (
	down     phase = "down"
	starting phase = "starting"
	up       phase = "up"
	stopping phase = "stopping"
)

// strict is what a Runner promises to a service: Stop comes only after a Start
// that returned nil, once, and no call comes while another runs. It notes each
// breach.
type strict struct {
	name     string
	mu       sync.Mutex
	phase    phase
	breaches []string
	starts   int
}

func newStrict(format string, args ...any) *strict {
	return &strict{name: fmt.Sprintf(format, args...), phase: down}
}

func (s *strict) move(from, to phase) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phase != from {
		s.breaches = append(s.breaches, fmt.Sprintf("%s: %s after %s", s.name, to, s.phase))
	}
	if s.phase = to; to == up {
		s.starts++
	}
}

// resource lets a Runner start and stop s. Start fails if its context has ended.
func (s *strict) resource() runner.Resource {
	return runner.NewResource(s.name, func(ctx context.Context) error {
		s.move(down, starting)
		runtime.Gosched()
		if ctx.Err() != nil {
			s.move(starting, down)
			return ctx.Err()
		}
		s.move(starting, up)
		return nil
	}, func(context.Context) error {
		s.move(up, stopping)
		runtime.Gosched()
		s.move(stopping, down)
		return nil
	})
}

// server lets a Runner listen and close s; it is up from Listen until Close.
func (s *strict) server() runner.Server {
	closing := make(chan struct{}, 1)
	return runner.NewServer(s.name, func(context.Context) error {
		s.move(down, up)
		<-closing
		s.move(stopping, down)
		return nil
	}, func(context.Context) error {
		s.waitFor(up)
		s.move(up, stopping)
		closing <- struct{}{}
		return nil
	})
}

// waitFor waits until Listen, which may come after Close, has been called.
func (s *strict) waitFor(phase phase) {
	for {
		s.mu.Lock()
		reached := s.phase == phase
		s.mu.Unlock()
		if reached {
			return
		}
		runtime.Gosched()
	}
}

// isDown requires that s is down, and was never mistreated.
func (s *strict) isDown(t *testing.T) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	require.Empty(t, s.breaches)
	require.Equal(t, down, s.phase, s.name)
}
