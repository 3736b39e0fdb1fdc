package consumer_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
)

// checkClose looks at the result of a Close.
func (r *record) checkClose(err error, plan closing, took time.Duration) {
	r.locked(func() string {
		var cut *consumer.CutOffError
		longest := plan.budget + 2*ms(60)
		if r.life.onError != nil {
			longest += time.Duration(1+len(r.messages)) * r.life.onError.takes
		}
		switch {
		case took > longest:
			return fmt.Sprintf("Close has taken %v: %v", took, err)
		case r.opened > 0 || r.failing > 0 && r.life.onError != nil:
			return fmt.Sprintf("Close has returned while the Session is open, or OnError runs: %v", err)
		case err == nil && r.receiving+r.handling > 0:
			return "Close has returned nil, and something is left"
		case errors.As(err, &cut) && time.Now().Before(r.cutAt()):
			return fmt.Sprintf("cut off before the budget is over: %v", err)
		case errors.As(err, &cut) && cut.Messages > len(r.messages):
			return fmt.Sprintf("more messages cut off than were received: %v", err)
		case errors.Is(err, runner.ErrAlreadyStarted):
			return err.Error()
		}
		return ""
	})
}

// checkListen looks at the result of a Listen.
func (r *record) checkListen(err error) {
	r.locked(func() string {
		switch {
		case r.fatal && !errors.Is(err, errFatal):
			return fmt.Sprintf("Listen does not return the failure: %v", err)
		case err != nil && !r.fatal && !r.openErr && !r.leaveErr && r.panics == 0:
			return fmt.Sprintf("Listen: %v", err)
		}
		return ""
	})
}

// checkOver looks at what is left of a round, which is nothing, and compares the counts.
func (r *record) checkOver(c *consumer.Consumer[int]) {
	r.locked(func() string {
		if left := r.receiving + r.handling + r.failing + r.opened; left > 0 {
			return fmt.Sprintf("%d calls or Sessions are left", left)
		}
		want := consumer.Stats{Received: uint64(len(r.messages))}
		for n, m := range r.messages {
			if m.calls != 1 {
				return fmt.Sprintf("message %d was handled %d times", n, m.calls)
			}
			if m.failed {
				want.Failed++
				if r.life.onError != nil && m.reports != 1 {
					return fmt.Sprintf("OnError was called %d times for message %d", m.reports, n)
				}
			} else {
				want.Handled++
			}
		}
		if got := c.Stats(); got != want {
			return fmt.Sprintf("%+v instead of %+v", got, want)
		}
		return ""
	})
}
