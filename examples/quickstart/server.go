package main

import (
	"context"
	"fmt"
	"net"
	"os"

	"go.uber.org/zap"

	"github.com/go-fxservices/services/httpserver"
)

// Server is the HTTP server. Where it listens is known once it has loaded its
// configuration.
type Server struct {
	*httpserver.Server
	log  *zap.Logger
	addr string
}

// NewServer returns a Server that answers with the API.
func NewServer(api *API, log *zap.Logger) *Server {
	s := &Server{log: log}
	s.Server = httpserver.New(api,
		httpserver.ListenFunc(s.bind),
		httpserver.ErrorLog(zap.NewStdLog(log)),
	)
	return s
}

// Load reads ADDR.
func (s *Server) Load(context.Context) error {
	s.addr = getenv("ADDR", httpserver.DefaultAddr)
	if _, _, err := net.SplitHostPort(s.addr); err != nil {
		return fmt.Errorf("ADDR: %w", err)
	}
	return nil
}

func (s *Server) bind(ctx context.Context) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.addr)
	if err == nil {
		s.log.Info("listening", zap.Stringer("addr", listener.Addr()))
	}
	return listener, err
}

func getenv(key, byDefault string) string {
	if value := os.Getenv(key); value != "" {
		return value
	}
	return byDefault
}
