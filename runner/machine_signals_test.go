package runner_test

import (
	"os"
	"sync"

	"github.com/go-fxservices/services/runner"
)

// machineSignals plays the part of the system: it delivers signals to the Listeners of the Runner.
type machineSignals struct {
	record *record

	mu        sync.Mutex
	listeners []*machineListener
	cancels   []func()
	sent      int
}

// maxSignals is how many signals a Listener gets: a third would end the process.
const maxSignals = 2

type machineListener struct {
	*machineSignals
	signals chan os.Signal
	sent    int
	stopped bool
}

func (s *machineSignals) listen() runner.Listener {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.listeners); n > 0 && !s.listeners[n-1].stopped {
		s.record.add(happening{what: "second listener"})
	}
	l := &machineListener{machineSignals: s, signals: make(chan os.Signal, maxSignals)}
	s.listeners = append(s.listeners, l)
	return l
}

func (l *machineListener) Receive() <-chan os.Signal { return l.signals }

func (l *machineListener) Stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopped = true
}

// send sends a signal to whoever listens. The contexts that end with it end next.
func (s *machineSignals) send() {
	s.mu.Lock()
	heard := false
	for _, l := range s.listeners {
		if l.stopped || l.sent == maxSignals {
			continue
		}
		heard = true
		l.sent++
		s.sent++
		s.record.add(happening{what: "sent"})
		l.signals <- sigterm
	}
	if !heard {
		s.record.add(happening{what: "sent to nobody"})
	}
	cancels := s.cancels
	s.cancels = nil
	s.mu.Unlock()
	for _, cancel := range cancels {
		cancel()
	}
}

// cancelWithNext lets cancel be called together with the next signal.
func (s *machineSignals) cancelWithNext(cancel func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cancels = append(s.cancels, cancel)
}
