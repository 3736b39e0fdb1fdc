package systemd

import (
	"context"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-fxservices/services/runner"
)

// An Option changes a [Notifier]. A nil Option is skipped.
type Option func(*Notifier)

// Live sets what the watchdog asks. By default the process is live as long as it runs.
//
// check is called at half of WATCHDOG_USEC, on a goroutine of the Notifier, one call at a time. Its context ends before the
// next call is due, and when the Runner has stopped. While check returns an error, panics or does not return, systemd is not
// told that the program is live, and restarts it once WatchdogSec= has passed. A nil check is the default.
func Live(check func(context.Context) error) Option {
	return func(n *Notifier) { n.watchdog.live = check }
}

// Notifier is an Observer that tells systemd how the program is; see the package. Make one with [New], and give it to one
// Runner. A Runner that runs again after Finish is announced again; systemd, however, regards a service that has said
// STOPPING=1 as about to exit.
type Notifier struct {
	socket   *socket // nil: nobody listens
	watchdog *watchdog

	mu       sync.Mutex
	state    runner.State
	signaled bool // has received a signal, of which the state does not know yet
	services services
	told     facts
	again    *time.Timer
}

// facts are what systemd knows of the Runner.
type facts struct {
	ready, stopping bool
	status          string
}

var (
	_ runner.Observer            = (*Notifier)(nil)
	_ runner.QueueObserver       = (*Notifier)(nil)
	_ runner.StateObserver       = (*Notifier)(nil)
	_ runner.JobObserver         = (*Notifier)(nil)
	_ runner.RetryFailedObserver = (*Notifier)(nil)
)

// New returns a Notifier for the socket and the watchdog that the environment names: NOTIFY_SOCKET, WATCHDOG_USEC and
// WATCHDOG_PID. It reads them now, and leaves them as they are. Without NOTIFY_SOCKET the Notifier does nothing.
//
// A message that systemd does not get is no failure of the program. The first one is logged as a warning, with slog.
func New(opts ...Option) *Notifier {
	n := &Notifier{socket: newSocket(os.Getenv("NOTIFY_SOCKET"))}
	n.watchdog = newWatchdog(n.socket, os.Getenv("WATCHDOG_USEC"), os.Getenv("WATCHDOG_PID"))
	for _, opt := range opts {
		if opt != nil {
			opt(n)
		}
	}
	return n
}

// The time that systemd gives to a start or a stop from its last progress on, if that is later than the unit says.
const extension = 30 * time.Second

// progress is how a start or a stop has come on. Its zero value says that it has not.
type progress struct{ extend time.Duration }

// change changes what the Notifier knows, and tells systemd what is new.
func (n *Notifier) change(change func() progress) {
	if n.socket == nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.tell(change())
}

// tell tells systemd what it does not know. It keeps n.mu locked meanwhile, so that messages arrive in order; a send is short.
func (n *Notifier) tell(p progress) {
	now := n.facts()
	var lines []string
	if now.ready && !n.told.ready {
		lines = append(lines, "READY=1")
	}
	if now.stopping && !n.told.stopping {
		lines = append(lines, "STOPPING=1")
	}
	if now.status != n.told.status {
		lines = append(lines, "STATUS="+now.status)
	}
	if p.extend > 0 && (!now.ready || now.stopping) { // else it would extend RuntimeMaxSec=
		lines = append(lines, "EXTEND_TIMEOUT_USEC="+strconv.FormatInt(p.extend.Microseconds(), 10))
	}
	if len(lines) == 0 {
		return
	}
	err := n.socket.send(strings.Join(lines, "\n"))
	if err == nil {
		n.told = now
	}
	if n.again != nil {
		n.again.Stop()
		n.again = nil
	}
	if isBusy(err) && n.state != runner.StateStopped {
		n.again = time.AfterFunc(pause, func() { n.change(func() progress { return p }) })
	}
}

// facts are what systemd should know.
func (n *Notifier) facts() facts {
	ending := n.signaled || n.state == runner.StateDraining || n.state == runner.StateStopping
	return facts{
		ready:    n.told.ready || n.state == runner.StateReady && !ending,
		stopping: n.told.stopping || ending,
		status:   n.services.status(n.state),
	}
}
