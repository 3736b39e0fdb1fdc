package httpserver

import (
	"io"
	"net"
	"sync/atomic"
)

// trackedListener enters the connections that it accepts into conns.
type trackedListener struct {
	net.Listener
	conns *conns
}

func (l *trackedListener) Accept() (net.Conn, error) {
	accepted, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: accepted, conns: l.conns}
	if !l.conns.add(c) {
		c.Close()
	}
	return c, nil
}

// conn is a connection in conns until it is closed. Under TLS it is the
// connection below.
type conn struct {
	net.Conn
	conns  *conns
	spoken atomic.Bool // something was received
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 && !c.spoken.Load() {
		c.spoken.Store(true)
	}
	return n, err
}

// ReadFrom lets net/http send files without copying them, as it does with a bare
// TCP connection.
func (c *conn) ReadFrom(r io.Reader) (int64, error) { return io.Copy(c.Conn, r) }

// CloseWrite lets net/http end an answer without losing what the client still
// has to read, as it does with a bare TCP connection.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// NetConn returns the connection as it was accepted, for a handler that hijacked
// this one and needs more of it than a [net.Conn] has.
func (c *conn) NetConn() net.Conn { return c.Conn }

// Close closes the connection; it can be called again.
func (c *conn) Close() error {
	defer c.conns.remove(c)
	return c.Conn.Close()
}
