package runner

import (
	"context"
	"fmt"
	"time"

	"github.com/go-fxservices/services/internal/eventinfo"
	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/internal/layers"
)

// description is a service as the Runner found it when it was given to a Run. Nobody asks the service again: its methods
// Name and Unwrap are the user's code, which could block, panic, or answer otherwise the next time.
type description struct {
	service      Service // as it was given
	name         string
	kind         Kind
	layer        Service         // the layer that is a Resource, a Server or a Job, as kind says
	labels       context.Context // with its profiler label, and those of the caller of the Run
	key          any             // by which it can be found
	unique       bool            // key is that of one instance, not of all that are equal
	ownStop      bool            // stopTimeout is that of the service, not of the Runner
	startTimeout time.Duration
	stopTimeout  time.Duration
	*extras
}

// extras is what few services have. Those that have nothing of it share one, which nobody changes.
type extras struct {
	configurable Configurable // nil: it is none
	checker      ReadyChecker
	reporter     FailureReporter
	answer       chan (<-chan error) // of Failed, if it is a FailureReporter
	value        any                 // a key of the value, where an adapter has made the other one
	after        []dependency
	barrier      *string // the reason; nil: it is no barrier
}

var noExtras = &extras{}

// keep returns x for a description to keep.
func (x *extras) keep() *extras {
	if x.configurable == nil && x.checker == nil && x.reporter == nil && x.after == nil && x.barrier == nil && x.value == nil {
		return noExtras
	}
	kept := *x
	return &kept
}

// dependency is a service that another is After.
type dependency struct {
	service Service
	key     any
	name    string // once the service has been found
}

// describe looks at s, once. The timeouts are those of a service that has none of its own.
func describe(s Service, startTimeout, stopTimeout time.Duration) (d description, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("%w: %T: Unwrap: %w", ErrInvalidServiceType, s, newPanicError(panicked))
		}
	}()
	d.service = s
	var x extras
	var set settings
	var named, inner Service // the first layer that has a name of its own, and the last
	for layer := range layers.All(s) {
		inner = layer
		if keyed, ok := layer.(layers.Keyed[Service]); ok && d.key == nil {
			d.key = keyed.ServiceKey()
		}
		if carrier, ok := layer.(layers.Carrier[Service]); ok {
			set.Inherit(carrier.ServiceSettings())
			continue
		}
		if named == nil {
			named = layer
		}
		if err := d.look(layer); err != nil {
			return d, err
		}
		x.look(layer)
	}
	if d.kind == KindUnknown {
		return d, invalid(s)
	}
	if d.name = askName(named); d.name == "" {
		d.name = fmt.Sprintf("%T", inner)
	}
	d.identify(inner, &x)
	d.startTimeout, d.stopTimeout = startTimeout, stopTimeout
	d.set(set)
	x.set(set)
	d.extras = x.keep()
	return d, nil
}

// look keeps the first layer that has a kind.
func (d *description) look(layer Service) error {
	if d.kind != KindUnknown {
		return nil
	}
	kind, decides := kindOfLayer(layer)
	if decides && kind == KindUnknown {
		return fmt.Errorf("%w: %s is both a Resource and a Server", ErrInvalidServiceType, typeName(layer))
	}
	d.kind, d.layer = kind, layer
	return nil
}

// look keeps the capabilities of a layer that no layer around it has.
func (x *extras) look(layer Service) {
	if x.configurable == nil {
		x.configurable, _ = layer.(Configurable)
	}
	if x.checker == nil {
		x.checker, _ = layer.(ReadyChecker)
	}
	if x.reporter == nil {
		x.reporter, _ = layer.(FailureReporter)
	}
}

// invalid returns the error for s, which is no service.
func invalid(s Service) error {
	switch {
	case s == nil:
		return fmt.Errorf("%w: nil", ErrInvalidServiceType)
	case identity.IsNil(s):
		return fmt.Errorf("%w: nil %T", ErrInvalidServiceType, s)
	default:
		return fmt.Errorf("%w: %s is neither a Resource nor a Server nor a Job", ErrInvalidServiceType, typeName(s))
	}
}

// identify finds the key of the innermost service, unless a layer has one.
func (d *description) identify(inner Service, x *extras) {
	if d.key != nil {
		d.unique, x.value = true, identity.Alike(inner)
		return
	}
	d.key = identity.Alike(inner)
	d.unique = identity.Of(inner) != nil
}

// set takes the settings of the service.
func (d *description) set(own settings) {
	if own.StartTimeout != nil {
		d.startTimeout = *own.StartTimeout
	}
	if own.StopTimeout != nil {
		d.stopTimeout, d.ownStop = *own.StopTimeout, true
	}
}

func (x *extras) set(own settings) {
	x.barrier = own.Barrier
	for _, s := range own.After {
		x.after = append(x.after, dependency{service: s, key: keyOf(s)})
	}
}

// keyOf returns the key by which s can be found. It is nil for nil.
func keyOf(s Service) any { return layers.KeyOf(s) }

// keysOf returns the keys of services.
func keysOf(services []Service) (keys []any, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("service %d: %w: Unwrap: %w", len(keys)+1, ErrInvalidServiceType, newPanicError(panicked))
		}
	}()
	for _, s := range services {
		keys = append(keys, keyOf(s))
	}
	return keys, nil
}

// serves reports whether a Run of the service lasts: it is a Server or a Job.
func (d *description) serves() bool { return d.kind == KindServer || d.kind == KindJob }

// info returns the description for Observers.
func (d *description) info() eventinfo.Subject {
	subject := eventinfo.Subject{Name: d.name, Kind: string(d.kind)}
	for _, need := range d.after {
		subject.After = append(subject.After, need.name)
	}
	if d.barrier != nil {
		subject.Barrier = *d.barrier
	}
	return subject
}

// fail makes err the error of a step of the service; nil stays nil.
func (d *description) fail(op Op, err error) error {
	if err == nil {
		return nil
	}
	return &ServiceError{Op: op, Name: d.name, Service: d.service, Err: err}
}

// failOnly is fail for an error that may say no more than that the context had ended.
func (d *description) failOnly(op Op, err error, onlyEnded bool) error {
	if err == nil {
		return nil
	}
	return &ServiceError{Op: op, Name: d.name, Service: d.service, Err: err, onlyEnded: onlyEnded}
}
