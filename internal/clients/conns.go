package clients

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"
)

// Conns are the connections of one client, which can be cut off: a library that says goodbye to a server which does not answer
// waits for longer than a shutdown can. The zero value has none. It is safe for concurrent use.
type Conns struct {
	mu    sync.Mutex
	open  map[*conn]struct{}
	isCut bool
}

type conn struct {
	net.Conn
	of *Conns
}

// Close closes the connection, and forgets it.
func (c *conn) Close() error {
	c.of.mu.Lock()
	delete(c.of.open, c)
	c.of.mu.Unlock()
	return c.Conn.Close()
}

// Dial returns dial for connections that can be cut off. A nil dial is that of a [net.Dialer].
func (c *Conns) Dial(dial func(ctx context.Context, network, addr string) (net.Conn, error)) func(ctx context.Context, network, addr string) (net.Conn, error) {
	if dial == nil {
		dial = (&net.Dialer{KeepAlive: 15 * time.Second}).DialContext
	}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		dialed, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		added := &conn{dialed, c}
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.isCut {
			_ = dialed.Close()
			return nil, fmt.Errorf("dial %s: %w", addr, net.ErrClosed)
		}
		if c.open == nil {
			c.open = map[*conn]struct{}{}
		}
		c.open[added] = struct{}{}
		return added, nil
	}
}

// Cut closes all connections, and every later one at once.
func (c *Conns) Cut() {
	c.mu.Lock()
	c.isCut = true
	open := c.open
	c.open = nil
	c.mu.Unlock()
	for conn := range open {
		_ = conn.Conn.Close()
	}
}
