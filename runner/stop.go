package runner

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/go-fxservices/services/internal/identity"
)

// ErrNotStarted is wrapped by the error of [Runner.Stop] for a service that is
// not started.
var ErrNotStarted = errors.New("not started")

// Stop stops services that were started, the newest first whatever their order
// here, one by one or at the same time as [Runner.Finish] does. A service that is nil or not started
// is an error that wraps [ErrNotStarted], before anything is stopped. When ctx
// ends, the stops are cut short.
func (r *Runner) Stop(ctx context.Context, services ...Service) error {
	units, err := r.find(services)
	if err != nil {
		return err
	}
	if err := r.takeTurn(ctx); err != nil {
		return err
	}
	defer r.endTurn()
	cut, cancel := context.WithCancelCause(context.Background())
	defer cancel(context.Canceled)
	defer context.AfterFunc(ctx, func() { cancel(ended(ctx)) })()
	if l := r.living(); l != nil {
		defer context.AfterFunc(l.cut, func() { cancel(context.Cause(l.cut)) })()
	}
	d := r.newShutdown(context.WithoutCancel(ctx), cut, r.config.continueOnStopError)
	d.patience = ctx
	d.backwards(units)
	return d.err()
}

// find returns the units of services, in the order they were started.
func (r *Runner) find(services []Service) ([]*unit, error) {
	all := r.started()
	byKey := make(map[any]*unit, len(all))
	for _, u := range all {
		if key := instance(u.service); key != nil {
			byKey[key] = u
		}
	}
	wanted := make(map[*unit]bool, len(services))
	for i, s := range services {
		u := byKey[instance(s)]
		if u == nil {
			return nil, fmt.Errorf("service %d, %q: %w", i+1, NameOf(s), ErrNotStarted)
		}
		wanted[u] = true
	}
	return slices.DeleteFunc(all, func(u *unit) bool { return !wanted[u] }), nil
}

// instance returns a key for s: its identity, or else, where equal values are as
// good as the same, its value. It is nil if there is none.
func instance(s Service) any {
	inner := Innermost(s)
	if key := identity.Of(inner); key != nil {
		return key
	}
	if inner != nil && reflect.ValueOf(inner).Comparable() {
		return inner
	}
	return nil
}
