package fxservices

import (
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

// provide makes the option for one constructor.
func (p *provision) provide(arg any) fx.Option {
	if text, ok := arg.(refused); ok {
		return fx.Error(fmt.Errorf("fxservices.Provide: %s", text))
	}
	c, err := constructor.Parse(arg)
	if err == nil {
		err = c.Check(p.settings.Retried())
	}
	if err != nil {
		return fx.Error(fmt.Errorf("fxservices.Provide: %w", err))
	}
	targets := []any{annotated(p.managed(c), c.PC())}
	if p.private {
		targets = append(targets, fx.Private)
	}
	opts := []fx.Option{fx.Provide(targets...)}
	for _, out := range c.MustBuild() {
		opts = append(opts, fx.Provide(annotated(constructor.BuildToken(out), c.PC())))
	}
	return fx.Options(opts...)
}

// managed returns a constructor that manages what c constructs.
func (p *provision) managed(c *constructor.Parsed) any {
	return c.Wrap(reflect.TypeFor[need](), func(first reflect.Value, values []reflect.Value) error {
		n := first.Interface().(need)
		if err := n.check(); err != nil {
			return err
		}
		return p.settings.ManageAll(&n.App.sequence, values)
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
