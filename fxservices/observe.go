package fxservices

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"sync/atomic"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// Observe adds Observers to the Runner. An argument is a ready-made [runner.Observer], or a constructor of any shape with
// one result that is an Observer, and perhaps an error; fx calls it with values from the container. Each event reaches the
// Observers in the order of the calls of Observe and of their arguments. A nil Observer is skipped. The Observers are not
// provided to others.
func Observe(constructors ...any) fx.Option {
	opts := []fx.Option{fx.Invoke(registryIn.check)}
	for i, arg := range constructors {
		opt, err := observe(arg)
		if err != nil {
			opt = fx.Error(fmt.Errorf("fxservices.Observe: argument %d: %w", i+1, err))
		}
		opts = append(opts, opt)
	}
	return fx.Options(opts...)
}

// observerToken carries an Observer with its place among others, because fx shuffles value groups.
type observerToken struct {
	observer runner.Observer
	place    int64
}

type observerResult struct {
	fx.Out
	Token observerToken `group:"fxservices.observers"`
}

var observersAdded atomic.Int64

func observe(arg any) (fx.Option, error) {
	place := observersAdded.Add(1)
	if observer, ok := arg.(runner.Observer); ok {
		return fx.Provide(func() observerResult {
			return observerResult{Token: observerToken{observer, place}}
		}), nil
	}
	if arg == nil {
		return nil, fmt.Errorf("must be an Observer or a constructor of one, got nil")
	}
	c, err := constructor.Parse(arg)
	if err != nil {
		return nil, err
	}
	outs := c.Outs()
	if len(outs) != 1 || !outs[0].Type.Implements(reflect.TypeFor[runner.Observer]()) {
		return nil, fmt.Errorf("%v must return one runner.Observer", c)
	}
	return fx.Provide(constructor.Located(observerConstructor(c.Func, place), c.PC())), nil
}

func observerConstructor(f *constructor.Func, place int64) any {
	return f.Replace(reflect.TypeFor[observerResult](), func(values []reflect.Value) (reflect.Value, error) {
		observer, _ := values[0].Interface().(runner.Observer)
		return reflect.ValueOf(observerResult{Token: observerToken{observer, place}}), nil
	})
}

// attach adds the Observers to r.
func attach(r *runner.Runner, tokens []observerToken) {
	slices.SortFunc(tokens, func(x, y observerToken) int { return cmp.Compare(x.place, y.place) })
	for _, token := range tokens {
		wiring.Configure(r, runner.WithObserver(token.observer))
	}
}
