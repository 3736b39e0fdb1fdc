package fxservices

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync/atomic"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// Configure adds options of [Module] that come from the container, so that a configuration decides them:
//
//	fxservices.Configure(func(c *Config) fxservices.Option { return fxservices.DrainDelay(c.DrainDelay) })
//
// An argument is a constructor of any shape with one result, an [Option] or a []Option, and perhaps an error. Fx calls it with
// values from the container, before anything starts: where Module stands, and with [Run] and [Main] after all functions of
// fx.Invoke. Its options apply after those of Module, in the order of the calls of Configure and of their arguments. A nil option
// changes nothing.
//
// By then services have been constructed, so [Concurrent] has to be an option of Module; Configure can change its number. The
// signals of the Runner are those of Module until the start. Anything else among the arguments is an error of fx.New.
func Configure(constructors ...any) fx.Option {
	opts := []fx.Option{fx.Invoke(registryIn.check)}
	for i, arg := range constructors {
		opt, err := configure(arg)
		if err != nil {
			opt = fx.Error(fmt.Errorf("fxservices.Configure: argument %d: %w", i+1, err))
		}
		opts = append(opts, opt)
	}
	return own{fx.Options(opts...)}
}

// configured carries options with their place among others, because containers shuffle value groups.
type configured struct {
	options []Option
	place   int64
}

type configuredResult struct {
	fx.Out
	Configured configured `group:"services.configured"`
}

var timesConfigured atomic.Int64

func configure(arg any) (fx.Option, error) {
	switch arg.(type) {
	case Option, []Option:
		return nil, fmt.Errorf("must be a constructor, got a %T: give it to Module", arg)
	}
	place := timesConfigured.Add(1)
	c, err := constructor.Parse(arg)
	if err != nil {
		return nil, err
	}
	outs := c.Outs()
	if len(outs) != 1 || outs[0].Type != reflect.TypeFor[Option]() && outs[0].Type != reflect.TypeFor[[]Option]() {
		return nil, fmt.Errorf("%v must return one fxservices.Option or []fxservices.Option", c)
	}
	provide := c.Replace(reflect.TypeFor[configuredResult](), func(values []constructor.Value) (reflect.Value, error) {
		result := configured{place: place}
		switch v := values[0].Interface().(type) {
		case Option:
			result.options = []Option{v}
		case []Option:
			result.options = v
		}
		return reflect.ValueOf(configuredResult{Configured: result}), nil
	})
	return fx.Provide(constructor.Located(provide, c.PC())), nil
}

var errTooLate = errors.New("fxservices.Configure: Concurrent must be an option of Module: services have been constructed without it")

// configure applies options that come after those of Module.
func (a *app) configure(all []configured) error {
	slices.SortFunc(all, func(x, y configured) int { return cmp.Compare(x.place, y.place) })
	var late options
	for _, c := range all {
		late.apply(c.options)
	}
	concurrent := late.concurrent || wiring.IsConcurrent(runner.NewRunner(late.runner...))
	switch {
	case late.err != nil:
		return late.err
	case concurrent && !wiring.IsConcurrent(a.runner):
		return errTooLate
	}
	wiring.Configure(a.runner, slices.DeleteFunc(late.runner, func(o runner.StarterOption) bool { return o == nil })...)
	a.timeouts.ownStop = a.timeouts.ownStop || wiring.SetsStopTimeout(late.runner)
	return nil
}
