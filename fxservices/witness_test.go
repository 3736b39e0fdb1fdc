package fxservices_test

import (
	"context"
	"os"

	"github.com/go-fxservices/services/runner"
)

// nobody is an Observer that does nothing.
type nobody struct{}

func (nobody) BeforeStart(context.Context, runner.Service)           {}
func (nobody) AfterStart(context.Context, runner.Service, error)     {}
func (nobody) BeforeStop(context.Context, runner.Service)            {}
func (nobody) AfterStop(context.Context, runner.Service, error)      {}
func (nobody) BeforeLoad(context.Context, runner.Configurable)       {}
func (nobody) AfterLoad(context.Context, runner.Configurable, error) {}
func (nobody) SignalReceived(os.Signal)                              {}

// witness is an Observer that notes, under its name, what has started and
// stopped.
type witness struct {
	nobody
	*journal
	name string
}

func (w *witness) AfterStart(_ context.Context, s runner.Service, _ error) {
	w.note("%s: started %s", w.name, s.Name())
}

func (w *witness) AfterStop(_ context.Context, s runner.Service, _ error) {
	w.note("%s: stopped %s", w.name, s.Name())
}

// states notes the states of the Runner.
type states struct {
	nobody
	*journal
}

func (s *states) StateChanged(_ context.Context, state runner.State) { s.note("%v", state) }

func newStates(j *journal) *states { return &states{journal: j} }

// failures notes the failures of Servers, and signals.
type failures struct {
	nobody
	*journal
}

func (f *failures) ServerFailed(_ context.Context, _ runner.Server, err error) {
	f.note("failed: %v", err)
}

func (f *failures) SignalReceived(sig os.Signal) { f.note("signal: %v", sig) }

func newFailures(j *journal) *failures { return &failures{journal: j} }
