package grpcservice

import (
	"context"
	"slices"
	"sync"

	"google.golang.org/grpc"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

// calls counts the calls that run. The zero value has none.
type calls struct {
	mu    sync.Mutex
	count map[string]int // by full method
}

func (c *calls) begin(method string) (end func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count == nil {
		c.count = map[string]int{}
	}
	c.count[method]++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.count[method]--; c.count[method] == 0 {
			delete(c.count, method) // an unknown method can have any name
		}
	}
}

// running returns the methods of the calls that run, sorted, but for the streams of health checks: the server ends these.
func (c *calls) running() (methods []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for method, n := range c.count {
		if method != healthpb.Health_Watch_FullMethodName {
			methods = append(methods, slices.Repeat([]string{method}, n)...)
		}
	}
	slices.Sort(methods)
	return methods
}

func (c *calls) unary(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	defer c.begin(info.FullMethod)()
	return handler(ctx, request)
}

func (c *calls) stream(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	defer c.begin(info.FullMethod)()
	return handler(srv, stream)
}
