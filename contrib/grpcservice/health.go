package grpcservice

import (
	"context"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// state is what an Observer knows of the Runner.
type state struct {
	mu      sync.Mutex
	known   bool // there is an Observer
	ready   bool
	changed chan struct{} // closed by the next change
}

func newState() *state { return &state{changed: make(chan struct{})} }

func (s *state) set(ready bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known, s.ready = true, ready
	close(s.changed)
	s.changed = make(chan struct{})
}

// serves reports whether the Runner lets a server serve that listens.
func (s *state) serves() (serves bool, changed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.known || s.ready, s.changed
}

// health is the service grpc.health.v1.Health of one Listen. The one of google.golang.org/grpc/health keeps the streams of Watch open
// until the client goes, and so a graceful stop waiting.
type health struct {
	healthpb.UnimplementedHealthServer
	services map[string]struct{}

	mu      sync.Mutex
	serving bool
	ended   bool
	changed chan struct{} // closed by the next change
}

func newHealth(services map[string]grpc.ServiceInfo) *health {
	h := &health{services: map[string]struct{}{"": {}}, changed: make(chan struct{})}
	for name := range services {
		h.services[name] = struct{}{}
	}
	return h
}

// follow serves while of does, and until draining or stop is closed.
func (h *health) follow(of *state, draining, stop <-chan struct{}) {
	for {
		serves, changed := of.serves()
		h.set(serves && !isClosed(draining), false)
		select {
		case <-changed:
		case <-draining:
			h.set(false, false)
			return
		case <-stop:
			return
		}
	}
}

// end says NOT_SERVING to those who watch, and ends their streams.
func (h *health) end() { h.set(false, true) }

func (h *health) set(serving, ended bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended || h.serving == serving && !ended {
		return
	}
	h.serving, h.ended = serving, ended
	close(h.changed)
	h.changed = make(chan struct{})
}

func (h *health) status(service string) (is healthpb.HealthCheckResponse_ServingStatus, ended bool, changed <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	is = healthpb.HealthCheckResponse_NOT_SERVING
	if _, known := h.services[service]; !known {
		is = healthpb.HealthCheckResponse_SERVICE_UNKNOWN
	} else if h.serving {
		is = healthpb.HealthCheckResponse_SERVING
	}
	return is, h.ended, h.changed
}

// Check implements [healthpb.HealthServer].
func (h *health) Check(_ context.Context, request *healthpb.HealthCheckRequest) (*healthpb.HealthCheckResponse, error) {
	is, _, _ := h.status(request.GetService())
	if is == healthpb.HealthCheckResponse_SERVICE_UNKNOWN {
		return nil, status.Errorf(codes.NotFound, "unknown service %q", request.GetService())
	}
	return &healthpb.HealthCheckResponse{Status: is}, nil
}

// List implements [healthpb.HealthServer].
func (h *health) List(context.Context, *healthpb.HealthListRequest) (*healthpb.HealthListResponse, error) {
	all := map[string]*healthpb.HealthCheckResponse{}
	for name := range h.services {
		is, _, _ := h.status(name)
		all[name] = &healthpb.HealthCheckResponse{Status: is}
	}
	return &healthpb.HealthListResponse{Statuses: all}, nil
}

// Watch implements [healthpb.HealthServer].
func (h *health) Watch(request *healthpb.HealthCheckRequest, stream grpc.ServerStreamingServer[healthpb.HealthCheckResponse]) error {
	said := healthpb.HealthCheckResponse_ServingStatus(-1)
	for {
		is, ended, changed := h.status(request.GetService())
		if is != said {
			if err := stream.Send(&healthpb.HealthCheckResponse{Status: is}); err != nil {
				return err
			}
			said = is
		}
		if ended {
			return status.Error(codes.Unavailable, "the server is closing")
		}
		select {
		case <-changed:
		case <-stream.Context().Done():
			return status.FromContextError(stream.Context().Err()).Err()
		}
	}
}
