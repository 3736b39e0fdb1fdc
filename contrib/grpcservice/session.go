package grpcservice

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"google.golang.org/grpc"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"

	"github.com/go-fxservices/services/internal/drain"
)

// session is one Listen.
//
//	new ── run ──▶ bound ── close ──▶ closing ──▶ done
//	 └──── close: nothing is bound any more ─────▶ done
type session struct {
	closing context.Context // ends when close is called for the first time
	end     context.CancelFunc
	done    chan struct{} // closed when run has returned
	calls   calls

	mu       sync.Mutex
	listener net.Listener // nil: not bound
	server   *grpc.Server
	health   *health
}

func newSession() *session {
	s := &session{done: make(chan struct{})}
	s.closing, s.end = context.WithCancel(context.Background())
	return s
}

// run serves until close, or until ctx ends.
func (s *session) run(ctx context.Context, of *Server) error {
	defer close(s.done)
	binding, cancel := context.WithCancel(ctx) // it may have to look a name up
	defer cancel()
	defer context.AfterFunc(s.closing, cancel)()
	listener, err := (&net.ListenConfig{}).Listen(binding, "tcp", of.config.addr())
	if err != nil {
		if binding.Err() != nil {
			return nil
		}
		return err
	}
	defer listener.Close() // also when a function of the user panics
	server := grpc.NewServer(append([]grpc.ServerOption{
		grpc.ChainUnaryInterceptor(s.calls.unary), grpc.ChainStreamInterceptor(s.calls.stream),
	}, of.config.Options...)...)
	for _, register := range of.register {
		register(server)
	}
	checks := newHealth(server.GetServiceInfo())
	registered := server.GetServiceInfo()
	if _, own := registered[healthpb.Health_ServiceDesc.ServiceName]; !own { // a second one would end the program
		healthpb.RegisterHealthServer(server, checks)
	}
	if _, own := registered[reflectionpb.ServerReflection_ServiceDesc.ServiceName]; of.config.Reflection && !own {
		reflection.Register(server)
	}
	if !s.bind(listener, server, checks) {
		return nil
	}
	stop := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() { checks.follow(of.state, drain.Begins(ctx), stop) })
	defer watching.Wait()
	defer close(stop)
	defer context.AfterFunc(ctx, server.Stop)()
	err = server.Serve(listener)
	switch {
	case s.isClosing(): // whoever closes waits for the calls
		return nil
	case ctx.Err() != nil:
		server.Stop() // it waits for the calls that it has cut off
		return nil
	case err == nil:
		return errors.New("the server has ended")
	default:
		server.Stop()
		return err
	}
}

// bind makes the server known to close. It returns false if that came before.
func (s *session) bind(listener net.Listener, server *grpc.Server, checks *health) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isClosing() {
		return false
	}
	s.listener, s.server, s.health = listener, server, checks
	return true
}

func (s *session) isClosing() bool { return s.closing.Err() != nil }

func (s *session) isDone() bool { return isClosed(s.done) }

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// close waits for the calls, until ctx ends.
func (s *session) close(ctx context.Context) error {
	s.mu.Lock()
	s.end()
	server, checks := s.server, s.health
	s.mu.Unlock()
	if server == nil { // run finds out that nothing is wanted any more
		<-s.done
		return nil
	}
	checks.end()
	graceful := make(chan struct{})
	go func() { defer close(graceful); server.GracefulStop() }()
	select {
	case <-graceful:
		<-s.done
		return nil
	case <-ctx.Done():
	}
	cut := s.calls.running()
	go server.Stop() // it may wait for GracefulStop, and that for handlers that look at nothing
	for _, end := range []<-chan struct{}{graceful, s.done} {
		select {
		case <-end:
		case <-time.After(lastMoment):
		}
	}
	if len(cut) == 0 {
		return nil
	}
	return &CutOffError{Calls: cut, Err: context.Cause(ctx)}
}

// lastMoment is how long Close waits for handlers whose calls were cut off. A Runner waits for 150 ms after the end of the context.
const lastMoment = 50 * time.Millisecond

func (s *session) addr() net.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener == nil || s.isClosing() || s.isDone() {
		return nil
	}
	return s.listener.Addr()
}
