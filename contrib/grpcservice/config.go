package grpcservice

import (
	"cmp"
	"fmt"
	"net"

	"google.golang.org/grpc"
)

// DefaultAddr is the address of a [Config] that has none. Only this machine can reach it.
const DefaultAddr = "127.0.0.1:9090"

// Config says where a [Server] listens, and how.
type Config struct {
	// Name is that of the service, in logs and errors. By default "grpc".
	Name string
	// Addr is the address to listen on, as host:port; port 0 is a free one. By default [DefaultAddr].
	Addr string
	// Options are those of grpc.NewServer: credentials, interceptors, limits. By default there are none. Each Listen makes a new
	// grpc.Server with them.
	Options []grpc.ServerOption
	// Reflection lets every client ask which services there are, and what they look like. By default it is off.
	Reflection bool
}

// Validate returns an error that names the field which is wrong.
func (c Config) Validate() error {
	if _, _, err := net.SplitHostPort(c.addr()); err != nil {
		return fmt.Errorf("grpcservice.Config: Addr: %w", err)
	}
	return nil
}

func (c Config) name() string { return cmp.Or(c.Name, "grpc") }

func (c Config) addr() string { return cmp.Or(c.Addr, DefaultAddr) }
