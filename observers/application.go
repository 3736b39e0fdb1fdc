package observers

import (
	"context"
	"sync"

	"github.com/go-fxservices/services/internal/eventinfo"
	"github.com/go-fxservices/services/runner"
)

// application follows the state of the Runner. Lines about an end are written only
// after a start: Finish of a Runner that never ran, or runs no more, is no news. The
// zero value is ready.
type application struct {
	mu    sync.Mutex
	begun bool // a start has begun, and the Runner has not stopped since
	asked bool // see isFirst
}

// isFirst reports whether nobody has asked since the application was up.
func (a *application) isFirst() (first bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	first = !a.asked
	a.asked = true
	return first
}

// line returns the line for a new state, and false if there is none.
func (a *application) line(ctx context.Context, state runner.State) (l line, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch state {
	case runner.StateStarting:
		a.begun, a.asked = true, false
		return line{}, false
	case runner.StateReady:
		a.begun, a.asked = true, false
		l.message = "application ready"
	case runner.StateDraining:
		l.message = "application draining"
	case runner.StateStopping:
		l.message = "application stopping"
	case runner.StateStopped:
		l.message = "application stopped"
	}
	if !a.begun || l.message == "" {
		return line{}, false
	}
	a.begun = state != runner.StateStopped
	return withInfo(ctx, l, state), true
}

// withInfo adds the knowledge of the Runner, if ctx comes from one.
func withInfo(ctx context.Context, l line, state runner.State) line {
	info, ok := ctx.Value(eventinfo.Key{}).(*eventinfo.Info)
	if !ok {
		return l
	}
	switch state {
	case runner.StateReady:
		l.services, l.duration = known(info.Services), known(info.Elapsed)
	case runner.StateDraining:
		l.cause, l.delay = causeIn(info), known(info.Delay)
	case runner.StateStopping:
		l.cause = causeIn(info)
	case runner.StateStopped:
		l.duration = known(info.Elapsed)
	}
	return l
}

// causeIn returns why the application ends. It ends without a cause where Finish is all there is to say.
func causeIn(info *eventinfo.Info) error {
	if info.Cause == runner.ErrFinishing { //nolint:errorlint // itself, and no failure that wraps it
		return nil
	}
	return info.Cause
}
