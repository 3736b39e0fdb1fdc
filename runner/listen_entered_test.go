package runner_test

import (
	"context"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// plain is a Server as many are written: Listen makes what Close needs.
type plain struct {
	background bool // Listen returns at once

	mu      sync.Mutex
	done    chan struct{} // made by Listen, closed by Close
	serving bool
	listens int
	closes  int
	faults  []string
}

func (s *plain) Name() string { return "api" }

func (s *plain) Listen(context.Context) error {
	done := s.listen()
	if s.background {
		return nil
	}
	<-done
	return nil
}

func (s *plain) listen() chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listens++
	s.serving, s.done = true, make(chan struct{})
	if s.closes > 0 {
		s.faults = append(s.faults, "Listen was called after Close")
		close(s.done) // so that the test ends soon
	}
	return s.done
}

func (s *plain) Close(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closes++; s.done == nil {
		s.faults = append(s.faults, "Close before Listen has made anything")
		return nil // close(s.done) would panic
	}
	if s.serving {
		close(s.done)
	}
	s.serving = false
	return nil
}

// wrong returns what is wrong with a server that should be down, or "".
func (s *plain) wrong() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case len(s.faults) > 0:
		return s.faults[0]
	case s.serving:
		return "it serves on"
	case s.listens == 0 && s.closes > 0:
		return "Close was called without a Listen"
	case s.listens > 0 && s.closes == 0:
		return "Listen was entered, and Close not called"
	default:
		return ""
	}
}

// quickEnds let a server listen and end that at once.
var quickEnds = map[string]func(*testing.T, *runner.Runner, runner.Service){
	"Start and Finish": func(t *testing.T, r *runner.Runner, api runner.Service) {
		require.NoError(t, r.Start(t.Context(), api))
	},
	"Start and Stop": func(t *testing.T, r *runner.Runner, api runner.Service) {
		require.NoError(t, r.Start(t.Context(), api))
		require.NoError(t, r.Stop(t.Context(), api))
	},
	"Start beside Finish": func(t *testing.T, r *runner.Runner, api runner.Service) {
		start := async(func() error { return r.Start(t.Context(), api) })
		require.NoError(t, r.Finish(t.Context()))
		if err := start(); err != nil {
			require.ErrorIs(t, err, runner.ErrFinishing)
		}
	},
	"a rollback of Start": func(t *testing.T, r *runner.Runner, api runner.Service) {
		requireServiceError(t, r.Start(t.Context(), api, runner.NewResource("bad", fails(errBoom), nil)), runner.OpStart, "bad", errBoom)
	},
	"a rollback of Run": func(t *testing.T, r *runner.Runner, api runner.Service) {
		bad := loading(runner.NewResource("bad", nil, nil), fails(errBoom))
		requireServiceError(t, r.Run(t.Context(), api, bad), runner.OpLoad, "bad", errBoom)
	},
	"Run of a ctx that ends during the start": func(t *testing.T, r *runner.Runner, api runner.Service) {
		ctx, cancel := context.WithCancel(t.Context())
		ends := runner.NewResource("ends", func(context.Context) error { cancel(); return nil }, nil)
		require.ErrorIs(t, r.Run(ctx, api, ends), context.Canceled)
	},
	"Run beside Finish": func(t *testing.T, r *runner.Runner, api runner.Service) {
		over := make(chan struct{})
		go func() { defer close(over); _ = r.Run(t.Context(), api, runner.NewResource("db", nil, nil)) }()
		for { // the first of them may come before it
			select {
			case <-over:
				return
			default:
				require.NoError(t, r.Finish(t.Context()))
				runtime.Gosched()
			}
		}
	},
}

// TestListenAndCloseAtOnce ends a server as soon as it is started.
func TestListenAndCloseAtOnce(t *testing.T) {
	for name, end := range quickEnds {
		for kind, background := range map[string]bool{"blocks": false, "serves in the background": true} {
			for mode, concurrency := range map[string]int{"one by one": 1, "at the same time": 0} {
				onProcessors(t, "never lets it listen after it was closed: one that "+kind+", "+mode+", "+name, func(t *testing.T) {
					rarely(t, func() (wrong int) {
						for i := range 100 {
							api := &plain{background: background}
							r := newRunner(runner.WithConcurrency(concurrency))
							service := runner.Service(api)
							if i%2 == 1 {
								service = runner.With(api)
							}
							end(t, r, service)
							require.NoError(t, r.Finish(t.Context()))
							if what := api.wrong(); what != "" {
								t.Log(what)
								wrong++
							}
						}
						return wrong
					}, "it listened after it was closed")
				})
			}
		}
	}
}
