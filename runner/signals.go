package runner

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// DefaultSignals are the signals that end a Run unless [WithSignals] or
// [WithListenerBuilder] say otherwise.
var DefaultSignals = []os.Signal{os.Interrupt, syscall.SIGTERM}

// Listener is where signals come from. The Runner receives from the channel
// until it has finished, and then calls Stop once. A nil channel never delivers;
// a closed one is not a signal, and is not received from again.
type Listener interface {
	Receive() <-chan os.Signal
	Stop()
}

type signalListener struct {
	signals chan os.Signal
}

// newSignalListener leaves out the signals that the process was started to
// ignore, as nohup does: signal.Notify would make them count again. It returns nil
// if none is left.
func newSignalListener(sigs []os.Signal) Listener {
	var heeded []os.Signal
	for _, sig := range sigs {
		if !signal.Ignored(sig) {
			heeded = append(heeded, sig)
		}
	}
	if len(heeded) == 0 { // to signal.Notify none would mean all
		return nil
	}
	l := &signalListener{signals: make(chan os.Signal, 3)}
	signal.Notify(l.signals, heeded...)
	return l
}

func (l *signalListener) Receive() <-chan os.Signal { return l.signals }

// Stop leaves the channel open: a signal that is being delivered may still be
// sent to it.
func (l *signalListener) Stop() { signal.Stop(l.signals) }

// raise gives sig to the process with the default action of the system. It does not
// return: Go survives some signals that would end other programs, SIGUSR1 among
// them.
func raise(sig os.Signal) {
	signal.Reset(sig)
	self, err := os.FindProcess(os.Getpid())
	if err == nil && self.Signal(sig) == nil {
		time.Sleep(dying)
	}
	code := exitForced
	if n, ok := sig.(syscall.Signal); ok {
		code = exitSignal + int(n)
	}
	os.Exit(code)
}

const (
	exitForced = 1
	exitSignal = 128 // and the number of the signal, as shells have it

	// dying is what a signal is given to end the process.
	dying = 100 * time.Millisecond
)
