package fxservices

import (
	"errors"
	"fmt"
	"reflect"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/wiring"
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
// resources and, with [retrier.Builder.Restarts], restarts servers, and [After]. What
// is neither constructor nor setting, or returns no service, is an error of fx.New
// that names it, its file and its line.
func Provide(constructors ...any) fx.Option {
	var p provision
	for i, arg := range constructors {
		p.sort(i, arg)
	}
	return p.option()
}

// provision is one call of Provide.
type provision struct {
	constructors []any
	private      bool
	settings     wiring.Settings
}

func (p *provision) sort(i int, arg any) {
	if p.settings.Take(arg) {
		return
	}
	if arg != nil && reflect.TypeOf(arg) == reflect.TypeOf(fx.Private) {
		p.private = true
		return
	}
	if arg == nil {
		arg = refused(fmt.Sprintf("argument %d is nil", i+1))
	} else if option, ok := arg.(fx.Option); ok {
		arg = refused(fmt.Sprintf("argument %d is an fx.Option, which belongs into fx.New: %v", i+1, option))
	}
	p.constructors = append(p.constructors, arg)
}

// refused stands in the place of an argument that cannot be a constructor.
type refused string

// option gives fx all constructors at once: it takes a stack trace each time.
func (p *provision) option() fx.Option {
	opts := []fx.Option{fx.Invoke(need.check)}
	var targets, tokens []any
	for _, arg := range p.constructors {
		c, err := p.parse(arg)
		if err != nil {
			opts = append(opts, fx.Error(fmt.Errorf("fxservices.Provide: %w", err)))
			continue
		}
		targets = append(targets, annotated(p.managed(c), c.PC()))
		for _, out := range c.MustBuild() {
			tokens = append(tokens, annotated(constructor.BuildToken(out), c.PC()))
		}
	}
	if p.private {
		targets = append(targets, fx.Private)
	}
	return fx.Options(append(opts, fx.Provide(targets...), fx.Provide(tokens...))...)
}

func (p *provision) parse(arg any) (*constructor.Parsed, error) {
	if text, ok := arg.(refused); ok {
		return nil, errors.New(string(text))
	}
	c, err := constructor.Parse(arg)
	if err != nil {
		return nil, err
	}
	return c, c.Check(p.settings.Retried())
}

// managed returns a constructor that manages what c constructs.
func (p *provision) managed(c *constructor.Parsed) any {
	from := &constructed{c.Func, p.settings.After()}
	return c.Wrap(from.first(), func(first reflect.Value, values []reflect.Value) error {
		n := need{App: first.FieldByName("App").Interface().(*app)}
		if err := n.check(); err != nil {
			return err
		}
		return p.settings.ManageAll(&n.App.sequence, values, from)
	})
}

// annotated returns target as a constructor that fx and dig name after the
// function at pc. The field that this sets is exported, of a type that is not; if
// it were missing, only the name would be lost.
func annotated(target any, pc uintptr) any {
	a := fx.Annotate(target)
	v := reflect.New(reflect.TypeOf(a)).Elem()
	v.Set(reflect.ValueOf(a))
	if f := v.FieldByName("FuncPtr"); f.IsValid() && f.Kind() == reflect.Uintptr {
		f.SetUint(uint64(pc))
	}
	return v.Interface()
}
