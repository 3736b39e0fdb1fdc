package runner_test

import (
	"os"
	"syscall"
	"testing/synctest"

	"github.com/go-fxservices/services/runner"
)

// fakeListener delivers the signals of a test. It is made in the bubble that it
// is used in.
type fakeListener struct {
	signals chan os.Signal
	stops   int
}

func newFakeListener() *fakeListener { return &fakeListener{signals: make(chan os.Signal)} }

func (l *fakeListener) Receive() <-chan os.Signal { return l.signals }
func (l *fakeListener) Stop()                     { l.stops++ }

// send delivers signals, and returns when all they cause has happened.
func (l *fakeListener) send(sigs ...os.Signal) {
	for _, sig := range sigs {
		l.signals <- sig
	}
	synctest.Wait()
}

func (l *fakeListener) terminate() { l.send(syscall.SIGTERM) }

// option makes a Runner receive from l.
func (l *fakeListener) option() runner.StarterOption {
	return runner.WithListenerBuilder(func() runner.Listener { return l })
}

const sigterm = syscall.SIGTERM
