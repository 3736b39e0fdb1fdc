package runner_test

import (
	"context"
	"os"
	"testing"
	"testing/synctest"

	"github.com/go-fxservices/services/runner"
)

// A signal and the end of ctx come in one moment while a call of the start is stuck: the call is abandoned with the cause of
// ctx as its reason, and metBy returns that step alone ("which names the signal": it does not). The signal must decide.
func TestSignalAndContextAtAnAbandonedStart(t *testing.T) {
	for _, cause := range []error{nil, errOther, runner.ErrFinishing} {
		inBubble(t, "a signal decides though a call that ctx ended was abandoned", func(t *testing.T) {
			l := newFakeListener()
			r := newRunner(l.option())
			ctx, cancel := context.WithCancelCause(t.Context())
			l.signals = make(chan os.Signal, 1)
			wait := async(func() error { return r.Run(ctx, runner.NewResource("db", stuck(t), nil)) })
			synctest.Wait()
			l.signals <- sigterm
			cancel(cause)
			requireSignalError(t, wait(), sigterm)
			finish(t, r)
		})
	}
}
