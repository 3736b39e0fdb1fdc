package amqpservice

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/rabbitmq/amqp091-go"

	"github.com/go-fxservices/services/internal/clients"
)

// A connection that is lost is tried again after a pause, which doubles.
const (
	firstPause = 50 * time.Millisecond
	lastPause  = 5 * time.Second
)

// handshake is how long it may take to connect again.
const handshake = 30 * time.Second

// link is a connection to the server, which is replaced when it is lost.
type link struct {
	config Config
	conns  clients.Conns
	end    context.CancelFunc // of keep
	ended  chan struct{}      // closed once keep has returned

	mu     sync.Mutex
	conn   *amqp091.Connection // the present one, or the last
	lost   error               // why there is none; nil: there is one
	asking *answer             // nil: nobody asks
}

// answer is what the server says to everybody who asks at the same time.
type answer struct {
	got chan struct{} // closed when err is there
	err error
}

// connect connects, and goes on to do so until close.
func connect(ctx context.Context, config Config) (*link, error) {
	l := &link{config: config, ended: make(chan struct{})}
	conn, err := l.dial(ctx)
	if err != nil {
		return nil, err
	}
	l.conn = conn
	var keeping context.Context
	keeping, l.end = context.WithCancel(context.WithoutCancel(ctx))
	go l.keep(keeping, conn)
	return l, nil
}

// dial connects until ctx ends. The library has no context for that.
func (l *link) dial(ctx context.Context) (*amqp091.Connection, error) {
	properties := amqp091.NewConnectionProperties()
	properties.SetClientConnectionName(l.config.name())
	stop := func() bool { return true }
	conn, err := amqp091.DialConfig(l.config.URL, amqp091.Config{Properties: properties, Dial: func(network, addr string) (net.Conn, error) {
		socket, err := l.conns.Dial(nil)(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		stop = context.AfterFunc(ctx, func() { _ = socket.Close() })
		return socket, socket.SetDeadline(time.Now().Add(handshake)) // the library takes it back
	}})
	if !stop() && err == nil {
		_ = conn.Close() // its socket is closed
		err = ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return conn, nil
}

// keep connects again whenever the connection is lost, until ctx ends.
func (l *link) keep(ctx context.Context, conn *amqp091.Connection) {
	defer close(l.ended)
	for conn != nil {
		select {
		case reason := <-conn.NotifyClose(make(chan *amqp091.Error, 1)):
			lost := errLost
			if reason != nil {
				lost = fmt.Errorf("%w: %w", errLost, reason)
			}
			l.set(conn, lost)
		case <-ctx.Done():
			return
		}
		conn = l.again(ctx)
	}
}

var errLost = errors.New("the connection is lost")

// again connects, as often as it takes. It returns nil when ctx ends.
func (l *link) again(ctx context.Context) *amqp091.Connection {
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil
		}
		conn, err := l.dial(ctx)
		if err == nil {
			l.set(conn, nil)
			return conn
		}
		l.set(l.connection(), fmt.Errorf("%w: %w", errLost, err))
	}
}

func (l *link) set(conn *amqp091.Connection, lost error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conn, l.lost = conn, lost
}

func (l *link) connection() *amqp091.Connection {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conn
}

// ping asks the server for a channel, once for all who ask meanwhile: the library waits for an answer without a context.
func (l *link) ping(ctx context.Context) error {
	l.mu.Lock()
	conn, lost, asking := l.conn, l.lost, l.asking
	if lost == nil && asking == nil {
		asking = &answer{got: make(chan struct{})}
		l.asking = asking
		go l.ask(conn, asking)
	}
	l.mu.Unlock()
	if lost != nil {
		return fmt.Errorf("ping: %w", lost)
	}
	select {
	case <-asking.got:
		return asking.err
	case <-ctx.Done():
		return fmt.Errorf("ping: %w", ctx.Err())
	}
}

func (l *link) ask(conn *amqp091.Connection, a *answer) {
	channel, err := conn.Channel()
	if err == nil {
		err = channel.Close()
	}
	l.mu.Lock()
	l.asking = nil
	l.mu.Unlock()
	if err != nil {
		a.err = fmt.Errorf("ping: %w", err)
	}
	close(a.got)
}

// close closes the connection, which takes an answer of the server.
func (l *link) close(ctx context.Context) error {
	l.end()
	<-l.ended
	conn := l.connection()
	err := clients.Bounded(ctx, "close", conn.Close, l.conns.Cut)
	if errors.Is(err, amqp091.ErrClosed) { // it was lost
		return nil
	}
	return err
}
