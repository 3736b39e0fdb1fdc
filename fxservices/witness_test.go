package fxservices_test

import (
	"context"
	"os"

	shared "github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/runner"
)

// witness is an Observer that notes, under its name, what has started and
// stopped.
type witness struct {
	shared.Silent
	*journal
	name string
}

func (w *witness) AfterStart(_ context.Context, s runner.Service, _ error) {
	w.Note("%s: started %s", w.name, s.Name())
}

func (w *witness) AfterStop(_ context.Context, s runner.Service, _ error) {
	w.Note("%s: stopped %s", w.name, s.Name())
}

// states is an Observer that notes the states of the Runner.
type states struct{ shared.States }

func newStates(j *journal) *states { return &states{shared.States{Journal: &j.Journal}} }

// failures notes the failures of Servers, and signals.
type failures struct {
	shared.Silent
	*journal
}

func (f *failures) ServerFailed(_ context.Context, _ runner.Server, err error) {
	f.Note("failed: %v", err)
}

func (f *failures) ServiceFailed(_ context.Context, _ runner.Service, err error) {
	f.Note("failed: %v", err)
}

func (f *failures) SignalReceived(sig os.Signal) { f.Note("signal: %v", sig) }

func newFailures(j *journal) *failures { return &failures{journal: j} }
