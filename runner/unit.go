package runner

import (
	"context"
	"fmt"
	"time"

	"github.com/go-fxservices/services/internal/identity"
)

// ServiceState is where one service is in its life.
type ServiceState int32

// The states of a service. It is new until its run gets to it, and ready once it
// is started and has said that it is ready. A failed service needs no stop, or
// its stop failed; an abandoned one did not return from a call.
const (
	ServiceNew ServiceState = iota
	ServiceLoading
	ServiceStarting
	ServiceReady
	ServiceStopping
	ServiceStopped
	ServiceFailed
	ServiceAbandoned
)

var serviceStateNames = [...]string{
	"new", "loading", "starting", "ready", "stopping", "stopped", "failed", "abandoned",
}

func (s ServiceState) String() string {
	if s < 0 || int(s) >= len(serviceStateNames) {
		return "unknown"
	}
	return serviceStateNames[s]
}

// unit is one service in one run, with all that the Runner knows of it.
type unit struct {
	service      Service
	name         string
	kind         Kind
	key          any // tells instances apart; nil: they cannot be
	resource     Resource
	server       Server
	configurable Configurable
	checker      ReadyChecker
	startTimeout time.Duration
	stopTimeout  time.Duration
	run          *run

	// What the step that runs needs; owned by the goroutine that runs it.
	startCtx   context.Context
	endStart   context.CancelFunc
	startBegan time.Time
	stopCtx    *budgetContext
	listenCtx  budgetContext
	closeErr   error

	down chan struct{} // closed once Listen has returned

	// Guarded by Runner.mu.
	state     ServiceState
	started   bool // it is in the ledger
	closing   bool // Close was asked
	listenErr error
	late      *lateCall
}

// lateCall is a Stop that was abandoned. Its result is that of the next try.
type lateCall struct {
	returned chan struct{}
	err      error // once returned is closed
}

func (c *lateCall) hasReturned() bool {
	select {
	case <-c.returned:
		return true
	default:
		return false
	}
}

// newUnit checks one argument of Run.
func (r *Runner) newUnit(u *unit, s Service) error {
	*u = unit{service: s, name: NameOf(s), kind: KindOf(s)}
	if err := u.check(); err != nil {
		return err
	}
	u.resource, _ = As[Resource](s)
	u.server, _ = As[Server](s)
	u.configurable, _ = As[Configurable](s)
	u.checker, _ = As[ReadyChecker](s)
	u.key = identity.Of(Innermost(s))
	own := settingsOf(s)
	u.startTimeout = r.config.startTimeout
	if own.startTimeout != nil {
		u.startTimeout = *own.startTimeout
	}
	u.stopTimeout = r.config.stopTimeout
	if own.stopTimeout != nil {
		u.stopTimeout = *own.stopTimeout
	}
	return nil
}

func (u *unit) check() error {
	switch {
	case u.service == nil:
		return fmt.Errorf("%w: nil", ErrInvalidServiceType)
	case identity.IsNil(u.service):
		return fmt.Errorf("%w: nil %T", ErrInvalidServiceType, u.service)
	case u.kind != KindUnknown:
		return nil
	}
	if both, ok := As[Resource](u.service); ok {
		if _, ok := both.(Server); ok {
			return fmt.Errorf("%w: %s is both a Resource and a Server", ErrInvalidServiceType, typeName(u.service))
		}
	}
	return fmt.Errorf("%w: %s is neither a Resource nor a Server", ErrInvalidServiceType, typeName(u.service))
}

// invoke runs the code of the service. It is called by calls only.
func (u *unit) invoke(op Op, ctx context.Context) error {
	switch op {
	case OpLoad:
		return u.configurable.Load(ctx)
	case OpStart:
		return u.resource.Start(ctx)
	case OpReady:
		return u.checker.IsReady(ctx)
	case OpListen: // what runs is Listen, on its own goroutine
		<-u.down
		return nil
	case OpClose:
		return u.server.Close(ctx)
	default:
		return u.stop(ctx)
	}
}

// stop calls Stop, but never while an abandoned Stop still runs: then that one
// is waited for, and counts.
func (u *unit) stop(ctx context.Context) error {
	if late := u.late; late != nil {
		<-late.returned
		return late.err
	}
	return u.resource.Stop(ctx)
}

// fail makes err the error of a step of the service; nil stays nil.
func (u *unit) fail(op Op, err error) error {
	if err == nil {
		return nil
	}
	return &ServiceError{Op: op, Name: u.name, Service: u.service, Err: err}
}
