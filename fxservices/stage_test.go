package fxservices_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// stage is where the parts of an application start, a second each, and complain if something that they need is not up.
type stage struct {
	mu     sync.Mutex
	up     map[string]bool
	starts []string
	early  []string // complaints
}

// start returns the start of a part, which needs the parts of that names.
func (s *stage) start(name string, needs ...string) func(context.Context) error {
	return func(context.Context) error {
		s.begin(name, needs)
		time.Sleep(time.Second)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.up[name] = true
		return nil
	}
}

func (s *stage) begin(name string, needs []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.starts = append(s.starts, name)
	for _, need := range needs {
		if !s.up[need] {
			s.early = append(s.early, fmt.Sprintf("%s starts before %s is up", name, need))
		}
	}
}

// resource is a part that is a service, and hook one that is the hook of a constructor.
func (s *stage) resource(name string, needs ...string) runner.Resource {
	return runner.NewResource(name, s.start(name, needs...), nil)
}

func (s *stage) hook(name string, needs ...string) fx.Hook {
	return fx.Hook{OnStart: s.start(name, needs...)}
}

// play starts and stops an application, and returns how long the start took.
func (s *stage) play(t *testing.T, opts ...fx.Option) time.Duration {
	t.Helper()
	s.up, s.starts, s.early = map[string]bool{}, nil, nil
	app := fx.New(fx.NopLogger, fx.Supply(s), fx.Options(opts...))
	require.NoError(t, app.Err())
	began := time.Now()
	require.NoError(t, app.Start(t.Context()))
	took := time.Since(began)
	require.NoError(t, app.Stop(t.Context()))
	return took
}

// neverEarly plays an application one after the other, as plain fx does, and concurrently. Nothing may start early either
// way, and the same parts start.
func neverEarly(t *testing.T, name string, opts ...fx.Option) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := &stage{}
			took := s.play(t, append(opts, module())...)
			require.Empty(t, s.early, "one after the other: %s", strings.Join(s.starts, ", "))
			require.Equal(t, len(s.starts), int(took/time.Second))
			all := slices.Sorted(slices.Values(s.starts))
			s.play(t, append(opts, module(fxservices.Concurrent()))...)
			require.Empty(t, s.early, "concurrently: %s", strings.Join(s.starts, ", "))
			require.Equal(t, all, slices.Sorted(slices.Values(s.starts)))
		})
	})
}
