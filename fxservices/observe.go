package fxservices

import (
	"fmt"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/wiring"
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
	return own{fx.Options(opts...)}
}

func observe(arg any) (fx.Option, error) {
	provide, pc, err := wiring.ProvideObserver(arg)
	switch {
	case err != nil:
		return nil, err
	case pc == 0:
		return fx.Provide(provide), nil
	default:
		return fx.Provide(constructor.Located(provide, pc)), nil
	}
}
