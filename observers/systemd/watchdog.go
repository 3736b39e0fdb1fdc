package systemd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"sync"
	"time"
)

// watchdog tells systemd at regular times that the program is live.
type watchdog struct {
	socket *socket
	every  time.Duration // 0: systemd does not watch
	live   func(context.Context) error

	mu   sync.Mutex
	end  context.CancelFunc // nil: it is not running
	done chan struct{}      // closed once it has ended
}

// newWatchdog returns the watchdog that the variables of the environment ask for.
func newWatchdog(s *socket, usec, pid string) *watchdog {
	w := &watchdog{socket: s}
	if s == nil || usec == "" || pid != "" && pid != strconv.Itoa(os.Getpid()) {
		return w
	}
	interval, err := parseInterval(usec)
	if err != nil {
		slog.Warn("systemd gets no WATCHDOG=1", slog.String("WATCHDOG_USEC", usec), slog.Any("error", err))
		return w
	}
	w.every = interval / 2
	return w
}

func parseInterval(usec string) (time.Duration, error) {
	n, err := strconv.ParseInt(usec, 10, 64)
	switch most := int64(1<<63-1) / int64(time.Microsecond); {
	case err != nil:
		return 0, err
	case n <= 0 || n > most:
		return 0, fmt.Errorf("not between 1 and %d", most)
	default:
		return time.Duration(n) * time.Microsecond, nil
	}
}

// start starts it, unless it is running or nobody watches.
func (w *watchdog) start() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.every == 0 || w.end != nil {
		return
	}
	ctx, end := context.WithCancel(context.Background())
	w.end, w.done = end, make(chan struct{})
	go w.run(ctx, w.done)
}

// stop ends it, and waits a moment: a check that does not look at its context is left behind.
func (w *watchdog) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.end == nil {
		return
	}
	w.end()
	select {
	case <-w.done:
	case <-time.After(patience):
	}
	w.end, w.done = nil, nil
}

// run is the goroutine of the watchdog.
func (w *watchdog) run(ctx context.Context, done chan struct{}) {
	defer close(done)
	ticks := time.NewTicker(w.every)
	defer ticks.Stop()
	for ctx.Err() == nil {
		if w.isLive(ctx) && ctx.Err() == nil {
			_ = w.socket.send("WATCHDOG=1") // it has been logged
		}
		select {
		case <-ctx.Done():
		case <-ticks.C:
		}
	}
}

func (w *watchdog) isLive(ctx context.Context) (live bool) {
	if w.live == nil {
		return true
	}
	ctx, end := context.WithTimeoutCause(ctx, w.every, errTooLong)
	defer end()
	defer func() {
		if recover() != nil {
			live = false
		}
	}()
	return w.live(ctx) == nil
}

var errTooLong = errors.New("systemd: the check took longer than half of WATCHDOG_USEC")
