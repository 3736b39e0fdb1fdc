package httpserver

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"sync/atomic"
)

// usage is what a connection is used for:
//
//	waiting ──handler entered──▶ answering ◀──next request, answered──▶ idle     HTTP/2, from its preface on
//	   ▲                             │
//	   └────────── answered ─────────┘                                           HTTP/1
//
// A connection that a handler has hijacked stays answering. net/http has states of its own, but there a request is active
// before it has reached its handler, and an HTTP/2 connection without a request is never idle.
const (
	waiting   int32 = iota // for a request: it is new, or HTTP/1 between two requests
	answering              // a handler has a request, or the whole connection
	idle                   // HTTP/2 without a request
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
	conns *conns
	usage atomic.Int32
	http1 bool // a handler had a request of HTTP/1; belongs to the goroutine that serves those
}

// tracked returns the conn that net/http knows as c, or nil.
func tracked(c net.Conn) *conn {
	if encrypted, ok := c.(*tls.Conn); ok {
		c = encrypted.NetConn()
	}
	found, _ := c.(*conn)
	return found
}

// enter notes that a handler is about to answer a request.
func (c *conn) enter(protoMajor int) {
	if protoMajor == 1 {
		c.http1 = true
	}
	c.usage.CompareAndSwap(waiting, answering)
}

// changed notes a state of net/http. The first of HTTP/2 is idle, without a request; HTTP/1 gets there from a handler only.
func (c *conn) changed(state http.ConnState) {
	switch {
	case state == http.StateActive:
		c.usage.CompareAndSwap(idle, answering)
	case state == http.StateIdle && c.http1:
		c.usage.Store(waiting)
	case state == http.StateIdle:
		c.usage.Store(idle)
	}
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
