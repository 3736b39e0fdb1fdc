package systemd

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

const (
	// patience is how long a send may take. It is short of the 150 ms that an Observer has for a signal, even for one that
	// waits for the send of another event.
	patience = 50 * time.Millisecond

	// pause is how long to wait before a message that systemd was too busy to take is sent again.
	pause = 100 * time.Millisecond
)

// socket is the address to which messages go. A socket is opened for each of them, so that none has to be closed.
type socket struct {
	addr   *net.UnixAddr
	warned atomic.Bool // that messages are lost
}

// newSocket returns the socket that NOTIFY_SOCKET names. It is nil without one.
func newSocket(name string) *socket {
	if name == "" {
		return nil
	}
	return &socket{addr: &net.UnixAddr{Name: name, Net: "unixgram"}} // net takes @ as the sign of an abstract socket, as systemd does
}

// send sends one message. The error has been logged.
func (s *socket) send(message string) error {
	err := s.trySend(message)
	switch {
	case err == nil:
		s.warned.Store(false)
	case !s.warned.Swap(true):
		slog.Warn("systemd gets no messages", slog.String("NOTIFY_SOCKET", s.addr.Name), slog.Any("error", err))
	}
	return err
}

func (s *socket) trySend(message string) error {
	if !strings.HasPrefix(s.addr.Name, "/") && !strings.HasPrefix(s.addr.Name, "@") {
		return errors.New("neither a path nor an abstract socket")
	}
	conn, err := net.DialUnix(s.addr.Net, nil, s.addr)
	if err != nil {
		return err
	}
	if err = conn.SetWriteDeadline(time.Now().Add(patience)); err == nil {
		_, err = conn.Write([]byte(message))
	}
	if err = errors.Join(err, conn.Close()); err != nil {
		return fmt.Errorf("send %q: %w", message, err)
	}
	return nil
}

// isBusy reports whether systemd was too busy to take a message.
func isBusy(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }
