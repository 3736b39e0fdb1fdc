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
	key          any             // tells instances apart; nil: they cannot be
	labels       context.Context // what the profiler knows its goroutines by
	resource     Resource
	serving      *serving // nil: it is a Resource
	configurable Configurable
	checker      ReadyChecker
	startTimeout time.Duration
	stopTimeout  time.Duration
	place        *place // nil: it does not care
	run          *run
	endStart     context.CancelFunc // releases its start context; nil: there is none of its own

	// Guarded by Runner.mu.
	state   ServiceState
	pending bool // its run has not got past it
	started bool // it is in the ledger
	claimed bool // a stop of it is under way
	late    *lateCall
	lost    int // calls that were abandoned and have not returned
}

// serving is what the unit of a Server has beside.
type serving struct {
	server Server
	ctx    budgetContext // of Listen
	down   chan struct{} // closed once Listen has returned; nil until it is called

	// Guarded by Runner.mu.
	closing   bool // Close was asked
	listenErr error
	returned  bool          // Listen has
	givenUp   bool          // nobody waits for Listen any more
	ended     chan struct{} // closed with the stop that is under way; nil: nobody waits
}

// downChannel is closed once Listen has returned, if it is a Server.
func (u *unit) downChannel() <-chan struct{} {
	if u.serving == nil {
		return nil
	}
	return u.serving.down
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

// newUnit checks one argument of Run, and finds what its layers can do.
func (r *Runner) newUnit(u *unit, s Service) error {
	u.service = s
	u.startTimeout, u.stopTimeout = r.config.startTimeout, r.config.stopTimeout
	var own settings
	var inner Service
	for layer := range layers(s) {
		inner = layer
		if w, ok := layer.(*withSettings); ok {
			own.inherit(w.settings)
			continue
		}
		if both := u.find(layer); both {
			return invalid(s)
		}
	}
	if u.resource == nil && u.serving == nil {
		return invalid(s)
	}
	if own.startTimeout != nil {
		u.startTimeout = *own.startTimeout
	}
	if own.stopTimeout != nil {
		u.stopTimeout = *own.stopTimeout
	}
	u.place = own.place()
	u.name = NameOf(s)
	u.labels = labelled(u.name)
	u.key = identity.Of(inner)
	return nil
}

// find keeps what a layer can do and no layer around it could. It reports whether
// the layer that decides on the kind is of both.
func (u *unit) find(layer Service) (both bool) {
	if u.resource == nil && u.serving == nil {
		resource, isResource := layer.(Resource)
		server, isServer := layer.(Server)
		switch {
		case isResource && isServer:
			return true
		case isResource:
			u.resource = resource
		case isServer:
			u.serving = &serving{server: server}
		}
	}
	if u.configurable == nil {
		u.configurable, _ = layer.(Configurable)
	}
	if u.checker == nil {
		u.checker, _ = layer.(ReadyChecker)
	}
	return false
}

// invalid says why s is no service.
func invalid(s Service) error {
	if s == nil {
		return fmt.Errorf("%w: nil", ErrInvalidServiceType)
	}
	if identity.IsNil(s) {
		return fmt.Errorf("%w: nil %T", ErrInvalidServiceType, s)
	}
	if both, ok := As[Resource](s); ok {
		if _, ok := both.(Server); ok {
			return fmt.Errorf("%w: %s is both a Resource and a Server", ErrInvalidServiceType, typeName(s))
		}
	}
	return fmt.Errorf("%w: %s is neither a Resource nor a Server", ErrInvalidServiceType, typeName(s))
}

func (u *unit) kind() Kind {
	if u.serving != nil {
		return KindServer
	}
	return KindResource
}

// invoke runs the code of the service. It is called by calls only.
func (u *unit) invoke(c call) error {
	switch c.op {
	case OpLoad:
		return u.configurable.Load(c.ctx)
	case OpStart:
		return u.resource.Start(c.ctx)
	case OpReady:
		return u.checker.IsReady(c.ctx)
	case OpListen: // what runs is Listen, on its own goroutine
		<-u.serving.down
		return nil
	case OpClose:
		return u.serving.server.Close(c.ctx)
	default:
		return u.stop(c)
	}
}

// stop calls Stop, but never while an abandoned Stop still runs: then that one
// is waited for, and counts.
func (u *unit) stop(c call) error {
	if c.late == nil {
		return u.resource.Stop(c.ctx)
	}
	<-c.late.returned
	return c.late.err
}

// fail makes err the error of a step of the service; nil stays nil.
func (u *unit) fail(op Op, err error) error {
	if err == nil {
		return nil
	}
	return &ServiceError{Op: op, Name: u.name, Service: u.service, Err: err}
}
