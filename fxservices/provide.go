package fxservices

import (
	"fmt"
	"reflect"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// Provide is fx.Provide for constructors of services. What they return is
// provided as it is and, if it is a [runner.Resource] or a [runner.Server],
// managed: it starts with the application, after what it was constructed from.
//
// Constructors have any shape that fx takes: fx.In, fx.Out with named, grouped and
// flattened results, variadic, fx.Annotate, fx.Annotated, with fx.Private among
// the arguments. At least one result has to be a service; one that is typed as an
// interface with a name alone is judged by its value. A service that is nil is
// provided and not managed. An instance that comes from several constructors is
// managed once.
//
// A Resource starts only if something needs it. A Server is what needs: it is
// always constructed, through its own type, so that fx.Replace keeps the real one
// out.
//
// Other arguments are settings for the services of this call: [runner.StartTimeout],
// [runner.StopTimeout], and a [*retrier.Builder] that retries the start of
// resources. What is neither constructor nor setting, or returns no service, is an
// error of fx.New that names it, its file and its line.
func Provide(constructors ...any) fx.Option {
	var p provision
	for i, arg := range constructors {
		p.sort(i, arg)
	}
	opts := []fx.Option{fx.Invoke(need.check)}
	for _, c := range p.constructors {
		opts = append(opts, p.provide(c))
	}
	return fx.Options(opts...)
}

// provision is one call of Provide.
type provision struct {
	constructors []any
	private      bool
	settings     settings
	err          error
}

func (p *provision) sort(i int, arg any) {
	switch arg := arg.(type) {
	case nil:
		p.constructors = append(p.constructors, fmt.Errorf("fxservices.Provide: argument %d is nil", i+1))
	case runner.Setting:
		p.settings.runner = append(p.settings.runner, arg)
	case *retrier.Builder:
		p.settings.retry = arg
	case fx.Option:
		p.constructors = append(p.constructors, fmt.Errorf("fxservices.Provide: argument %d is an fx.Option: give it to fx.New: %v", i+1, arg))
	default:
		if reflect.TypeOf(arg) == reflect.TypeOf(fx.Private) {
			p.private = true
			return
		}
		p.constructors = append(p.constructors, arg)
	}
}

// provide makes the option for one constructor, or for the error that stands in
// its place.
func (p *provision) provide(arg any) fx.Option {
	if err, ok := arg.(error); ok {
		return fx.Error(err)
	}
	c, err := parse(arg)
	if err == nil {
		err = c.check(p.settings)
	}
	if err != nil {
		return fx.Error(fmt.Errorf("fxservices.Provide: %w", err))
	}
	opts := []fx.Option{fx.Provide(p.scoped(annotated(c.wrap(p.settings), c.PC()))...)}
	for _, out := range c.mustBuild() {
		opts = append(opts, fx.Provide(annotated(buildToken(out), c.PC())))
	}
	return fx.Options(opts...)
}

func (p *provision) scoped(target any) []any {
	if p.private {
		return []any{target, fx.Private}
	}
	return []any{target}
}

// wrap returns a constructor that manages what c constructs.
func (c *parsed) wrap(set settings) any {
	return c.Wrap(reflect.TypeFor[need](), func(first reflect.Value, values []reflect.Value) error {
		n := first.Interface().(need)
		if err := n.check(); err != nil {
			return err
		}
		for _, v := range values {
			s, err := constructor.Service(v)
			if err != nil {
				return err
			}
			if s != nil {
				n.App.manage(s, set)
			}
		}
		return nil
	})
}
