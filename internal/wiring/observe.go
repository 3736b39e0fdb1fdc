package wiring

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync/atomic"

	"go.uber.org/dig"

	"github.com/go-fxservices/services/internal/adapter"
	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/runner"
)

// ObserverToken carries an Observer with its place among others, because containers shuffle value groups.
type ObserverToken struct {
	observer runner.Observer
	place    int64
}

// ObserverTokens asks the container for all Observers.
type ObserverTokens struct {
	dig.In
	Tokens []ObserverToken `group:"services.observers"`
}

type observerResult struct {
	dig.Out
	Token ObserverToken `group:"services.observers"`
}

var observersAdded atomic.Int64

// ProvideObserver returns a constructor of an [ObserverToken] for arg, which is an Observer or a constructor of one, and the
// program counter of the latter or 0. The place of the Observer is that of the call.
func ProvideObserver(arg any) (provide any, pc uintptr, err error) {
	place := observersAdded.Add(1)
	if observer, ok := arg.(runner.Observer); ok {
		return func() observerResult { return observerResult{Token: ObserverToken{observer, place}} }, 0, nil
	}
	if arg == nil {
		return nil, 0, errors.New("must be an Observer or a constructor of one, got nil")
	}
	c, err := constructor.Parse(arg)
	if err != nil {
		return nil, 0, err
	}
	outs := c.Outs()
	if len(outs) != 1 || !outs[0].Type.Implements(reflect.TypeFor[runner.Observer]()) {
		return nil, 0, fmt.Errorf("%v must return one runner.Observer", c)
	}
	return c.Replace(reflect.TypeFor[observerResult](), func(values []constructor.Value) (reflect.Value, error) {
		observer, _ := values[0].Interface().(runner.Observer)
		return reflect.ValueOf(observerResult{Token: ObserverToken{observer, place}}), nil
	}), c.PC(), nil
}

// Attach adds the Observers to r, in the order of their places.
func (o ObserverTokens) Attach(r *runner.Runner) {
	slices.SortFunc(o.Tokens, func(x, y ObserverToken) int { return cmp.Compare(x.place, y.place) })
	for _, token := range o.Tokens {
		Configure(r, runner.WithObserver(token.observer))
	}
}

// Observers returns the Observers of r.
func Observers(r *runner.Runner) []any { return adapter.Observers(r) }
