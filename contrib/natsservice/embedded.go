package natsservice

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/go-fxservices/services/internal/clients"
	"github.com/go-fxservices/services/runner"
)

// EmbeddedConfig says how a server inside the program runs.
type EmbeddedConfig struct {
	// Name is that of the service, in logs and errors. By default "nats server".
	Name string
	// Dir is the folder in which JetStream keeps streams. By default it is a temporary one, which Stop removes.
	Dir string
}

// Embedded is a NATS server with JetStream inside the program, for development and tests. It listens on a port of 127.0.0.1, without
// a login. Make one with [NewEmbedded]. It is safe for concurrent use.
type Embedded struct {
	config EmbeddedConfig
	addr   *net.TCPAddr
	life   *clients.Life[*embedded]
}

var (
	_ runner.Resource      = (*Embedded)(nil)
	_ runner.ReadyChecker  = (*Embedded)(nil)
	_ runner.HealthChecker = (*Embedded)(nil)
)

// NewEmbedded returns a server that is not started, and chooses its port. It fails if there is no free one.
func NewEmbedded(config EmbeddedConfig) (*Embedded, error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("natsservice.NewEmbedded: %w", err)
	}
	e := &Embedded{config: config, addr: listener.Addr().(*net.TCPAddr)}
	e.life = clients.NewLife(clients.Steps[*embedded]{
		Open:  e.open,
		Check: func(_ context.Context, s *embedded) error { return s.check() },
		Close: func(ctx context.Context, s *embedded) error { return s.close(ctx) },
	})
	return e, listener.Close()
}

// URL returns that of the server, started or not: each start has the same.
func (e *Embedded) URL() string { return "nats://" + e.addr.String() }

// Name implements [runner.Service].
func (e *Embedded) Name() string { return cmp.Or(e.config.Name, "nats server") }

// Start starts the server, and waits until it accepts connections. If another program has taken its port meanwhile, the error says so.
func (e *Embedded) Start(ctx context.Context) error { return e.life.Start(ctx) }

// Stop ends the server, with all connections. Without a Start there is nothing to do.
func (e *Embedded) Stop(ctx context.Context) error { return e.life.Stop(ctx) }

// IsReady returns an error if the server is not started.
func (e *Embedded) IsReady(ctx context.Context) error { return e.life.Check(ctx) }

// IsHealthy is [Embedded.IsReady].
func (e *Embedded) IsHealthy(ctx context.Context) error { return e.life.Check(ctx) }

// embedded is a server that runs.
type embedded struct {
	server    *server.Server
	temporary string // the folder that goes with it; "": none does
}

func (e *Embedded) open(ctx context.Context) (*embedded, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", e.addr.String())
	if err != nil { // where the port is taken, the server would end the program
		return nil, fmt.Errorf("start: %w", err)
	}
	if err := listener.Close(); err != nil {
		return nil, err
	}
	s := &embedded{}
	dir := e.config.Dir
	if dir == "" {
		if s.temporary, err = os.MkdirTemp("", "nats"); err != nil {
			return nil, err
		}
		dir = s.temporary
	}
	s.server, err = server.NewServer(&server.Options{
		Host: e.addr.IP.String(), Port: e.addr.Port, JetStream: true, StoreDir: dir, NoLog: true, NoSigs: true,
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start: %w", err), s.removeDir())
	}
	s.server.Start()
	wait := time.Minute
	if deadline, ok := ctx.Deadline(); ok {
		wait = time.Until(deadline)
	}
	if !s.server.ReadyForConnections(wait) {
		return nil, errors.Join(errors.New("start: the server accepts no connections"), s.close(context.Background()))
	}
	return s, nil
}

func (s *embedded) check() error {
	if !s.server.Running() {
		return errors.New("the server has ended")
	}
	return nil
}

func (s *embedded) close(ctx context.Context) error {
	return clients.Bounded(ctx, "stop", func() error {
		s.server.Shutdown()
		s.server.WaitForShutdown()
		return s.removeDir()
	}, func() {})
}

func (s *embedded) removeDir() error {
	if s.temporary == "" {
		return nil
	}
	return os.RemoveAll(s.temporary)
}
