package runner

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/go-fxservices/services/internal/signum"
)

// DefaultSignals are the signals that end a Run, unless [WithSignals] or [WithListenerBuilder] say otherwise.
var DefaultSignals = []os.Signal{os.Interrupt, syscall.SIGTERM}

// Listener is a source of signals. The Runner receives from the channel until Finish is nearly done, and then calls Stop
// once. A nil channel never delivers. A closed channel is not a signal, and the Runner stops receiving from it.
type Listener interface {
	Receive() <-chan os.Signal
	Stop()
}

type signalListener struct {
	signals chan os.Signal
}

// heeded returns sigs without those that the process was started to ignore, as nohup does: signal.Notify would make them
// count again.
func heeded(sigs []os.Signal) []os.Signal {
	var heeded []os.Signal
	for _, sig := range sigs {
		if !signal.Ignored(sig) {
			heeded = append(heeded, sig)
		}
	}
	return heeded
}

// newSignalListener returns nil if no signal is left to listen for: to signal.Notify none would mean all.
func newSignalListener(sigs []os.Signal) Listener {
	sigs = heeded(sigs)
	if len(sigs) == 0 {
		return nil
	}
	l := &signalListener{signals: make(chan os.Signal, 3)}
	signal.Notify(l.signals, sigs...)
	return l
}

func (l *signalListener) Receive() <-chan os.Signal { return l.signals }

// Stop leaves the channel open: a signal that is being delivered may still be sent to it.
func (l *signalListener) Stop() { signal.Stop(l.signals) }

// awaitDelivery returns once a signal that anybody in this process has received was sent to every channel that
// signal.Notify knows. Package os/signal holds a lock while it sends one signal to all of them, and takes it for Stop too.
func awaitDelivery() { signal.Stop(make(chan os.Signal)) }

// raise gives sig to the process with the default action of the system. It does not return: Go survives some signals that
// would end other programs, SIGUSR1 among them.
func raise(sig os.Signal) {
	signal.Reset(sig)
	self, err := os.FindProcess(os.Getpid())
	if err == nil && self.Signal(sig) == nil {
		time.Sleep(dying)
	}
	code := exitForced
	if n, ok := signum.Of(sig); ok {
		code = exitSignal + n
	}
	os.Exit(code)
}

const (
	exitForced = 1
	exitSignal = 128 // and the number of the signal, as shells have it

	// dying is the time that a signal has to end the process.
	dying = 100 * time.Millisecond
)
