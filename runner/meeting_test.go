package runner_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// meeting is a Runner for which a signal and the end of ctx come at the same
// moment, as they do where ctx is one of signal.NotifyContext.
type meeting struct {
	journal
	signals buffered
	runner  *runner.Runner
	ctx     context.Context
	cancel  context.CancelCauseFunc
}

func newMeeting(t *testing.T, opts ...runner.StarterOption) *meeting {
	t.Helper()
	m := &meeting{signals: make(buffered, 3)}
	m.runner = runner.NewRunner(append(opts,
		runner.WithListenerBuilder(func() runner.Listener { return m.signals }), runner.WithObserver(signalWitness{journal: &m.journal}))...)
	finishAfter(t, m.runner)
	m.ctx, m.cancel = context.WithCancelCause(t.Context())
	return m
}

// meet ends ctx while the signal is in the channel of the Listener, unless the
// Runner has received it already.
func (m *meeting) meet() {
	m.signals <- sigterm
	m.cancel(errBoom)
}

// isGraceful requires an end without an error.
func (m *meeting) isGraceful(t *testing.T, err error) {
	t.Helper()
	require.NoError(t, err)
}

// isCancelled requires the error of a start that the signal has ended.
func (m *meeting) isCancelled(t *testing.T, err error) {
	t.Helper()
	requireSignalError(t, err, sigterm)
	require.NotErrorIs(t, err, errBoom, "the cause of ctx says nothing then")
}

// signalWitness notes signals only.
type signalWitness struct {
	nobody
	*journal
}

func (w signalWitness) SignalReceived(sig os.Signal) { w.note("signal %v", sig) }

// otherErrors are the errors of another Runner that a context may carry as its
// cause.
func otherErrors() map[string]error {
	failed := &runner.ServiceError{Op: runner.OpStart, Name: "other", Service: runner.NewResource("other", nil, nil), Err: errBoom}
	return map[string]error{
		"a failed start":            failed,
		"a failed start and more":   errors.Join(failed, errOther),
		"a wrapped failure":         fmt.Errorf("the other: %w", failed),
		"a failed Listen":           &runner.ServiceError{Op: runner.OpListen, Name: "other", Service: failed.Service, Err: errBoom},
		"a signal":                  &runner.SignalError{Signal: sigterm},
		"its Finish":                runner.ErrFinishing,
		"a start timeout":           runner.ErrStartTimeout,
		"a stop timeout":            runner.ErrStopTimeout,
		"a service that is started": runner.ErrAlreadyStarted,
		"a service that is not":     runner.ErrNotStarted,
	}
}
