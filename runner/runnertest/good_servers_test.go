package runnertest_test

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// closable is a Server that never looks at its context: each Close ends one Listen, before or after it has begun.
type closable struct {
	mu      sync.Mutex
	closing chan struct{} // nil: no Listen runs
	closed  bool          // Close came first
}

func (*closable) Name() string { return "closable" }

func (c *closable) Listen(context.Context) error {
	c.mu.Lock()
	if c.closing != nil || c.closed {
		defer c.mu.Unlock()
		c.closed = false
		return nil
	}
	closing := make(chan struct{})
	c.closing = closing
	c.mu.Unlock()
	<-closing
	return nil
}

func (c *closable) Close(context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing == nil {
		c.closed = true
		return nil
	}
	close(c.closing)
	c.closing = nil
	return nil
}

// plainHTTP is a Server around an http.Server. It makes a new one for each Listen.
type plainHTTP struct {
	mu     sync.Mutex
	server *http.Server // of the Listen that runs, or of the next one, if Close came first
}

func (*plainHTTP) Name() string { return "http" }

func (p *plainHTTP) Listen(ctx context.Context) error {
	server := p.current()
	defer p.forget(server)
	if ctx == nil {
		return errNilContext
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	return server.Serve(listener)
}

func (p *plainHTTP) Close(ctx context.Context) error {
	if ctx == nil {
		return errNilContext
	}
	return p.current().Shutdown(ctx)
}

func (p *plainHTTP) current() *http.Server {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server == nil {
		p.server = &http.Server{}
	}
	return p.server
}

func (p *plainHTTP) forget(server *http.Server) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server == server {
		p.server = nil
	}
}
