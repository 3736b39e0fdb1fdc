package natsservice

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/go-fxservices/services/internal/clients"
)

// answerTimeout is how long ping waits where its context has no deadline: the library insists on one.
const answerTimeout = 10 * time.Second

// connection is a connection that can be cut off.
type connection struct {
	conn   *nats.Conn
	conns  clients.Conns
	closed chan struct{}

	mu      sync.Mutex
	dialErr error // the last one
}

// connect connects until ctx ends. The library has no context for that.
func connect(ctx context.Context, config Config) (*connection, error) {
	c := &connection{closed: make(chan struct{})}
	opts := append([]nats.Option{
		nats.Name(config.name()), nats.MaxReconnects(-1), nats.DrainTimeout(time.Hour), // the context of Stop ends it earlier
		nats.ClosedHandler(func(*nats.Conn) { close(c.closed) }),
		nats.SetCustomDialer(dialer{ctx, c}),
	}, config.Options...)
	var conn *nats.Conn
	err := clients.Bounded(ctx, "connect", func() error {
		connected, err := nats.Connect(config.URL, opts...)
		if err != nil {
			return c.connectErr(err)
		}
		if ctx.Err() != nil { // nobody waits for it any more
			connected.Close()
			return ctx.Err()
		}
		conn = connected
		return nil
	}, c.conns.Cut)
	if err != nil {
		return nil, err
	}
	c.conn = conn
	return c, nil
}

// dialer dials within the context of the start, and later without: to connect again.
type dialer struct {
	start context.Context
	of    *connection
}

// Dial implements [nats.CustomDialer].
func (d dialer) Dial(network, addr string) (net.Conn, error) {
	ctx := d.start
	if ctx.Err() != nil {
		ctx = context.WithoutCancel(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, nats.DefaultTimeout)
	defer cancel()
	conn, err := d.of.conns.Dial(nil)(ctx, network, addr)
	d.of.mu.Lock()
	defer d.of.mu.Unlock()
	d.of.dialErr = err
	return conn, err
}

// connectErr adds why no server could be reached, which ErrNoServers does not say.
func (c *connection) connectErr(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dialErr != nil && errors.Is(err, nats.ErrNoServers) {
		return fmt.Errorf("connect: %w: %w", err, c.dialErr)
	}
	return fmt.Errorf("connect: %w", err)
}

// ping asks the server for an answer.
func (c *connection) ping(ctx context.Context) error {
	if status := c.conn.Status(); status != nats.CONNECTED {
		if err := c.conn.LastError(); err != nil {
			return fmt.Errorf("ping: %v: %w", status, err)
		}
		return fmt.Errorf("ping: %v", status)
	}
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	if err := c.conn.FlushWithContext(ctx); err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	return nil
}

// close drains the connection, which the library does in the background.
func (c *connection) close(ctx context.Context) error {
	if err := c.conn.Drain(); err != nil { // it is not connected
		unsent, _ := c.conn.Buffered()
		c.cut()
		if unsent > 0 {
			return fmt.Errorf("close: %w: %d bytes could not be sent", err, unsent)
		}
		return nil
	}
	select {
	case <-c.closed:
		return nil
	case <-ctx.Done():
	}
	unsent, _ := c.conn.Buffered()
	c.cut()
	return fmt.Errorf("close: cut off: %w: %d bytes were not sent", ctx.Err(), unsent)
}

// cut ends the connection, and waits for it.
func (c *connection) cut() {
	c.conns.Cut()
	c.conn.Close()
	<-c.closed
}
