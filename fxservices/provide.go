package fxservices

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/wiring"
)

// Provide is fx.Provide for constructors of services. It provides their results unchanged, and the application starts and
// stops each result that is a [runner.Resource], a [runner.Server] or a [runner.Job]: after the start, and before the stop,
// of everything that it was constructed from.
//
// Constructors can have any shape that fx accepts: fx.In, fx.Out with named, grouped and flattened results, variadic,
// fx.Annotate, fx.Annotated, with fx.Private among the arguments. At least one result has to be a service. Where the type
// of a result is an interface with the method Name alone, such as runner.Service, the value decides whether it is one. A
// service that is nil is provided, but not started. An instance that several constructors return is started once.
//
// A Resource starts only if something needs it. A Server or a Job always runs: Provide makes fx construct it under its own
// type, so that fx.Replace keeps the real one from being constructed. When all Jobs are done and there is no Server, the
// application ends with exit code 0; when a Job fails it ends with the cause and exit code 1.
//
// All other arguments are settings for the services of this call: [runner.StartTimeout], [runner.StopTimeout], [After], [Manage],
// [StartFirst], [Named], and a [*retrier.Builder], which retries the start of Resources and the Run of Jobs and, with [retrier.Builder.Restarts],
// restarts Servers.
// An argument that is neither a constructor nor a setting, and a constructor that returns no service, is an error of
// fx.New that names the function, its file and its line.
func Provide(constructors ...any) fx.Option {
	var p provision
	name, _ := SplitNamed(constructors...)
	for i, arg := range constructors {
		p.add(i, arg, name)
	}
	return p.option()
}

// provision is the arguments of one call of Provide.
type provision struct {
	constructors []any
	private      bool
	settings     wiring.Settings
}

func (p *provision) add(i int, arg any, name Name) {
	if _, isName := arg.(Name); isName || p.settings.Take(arg) {
		return
	}
	if arg != nil && reflect.TypeOf(arg) == reflect.TypeOf(fx.Private) {
		p.private = true
		return
	}
	if arg == nil {
		arg = invalid(fmt.Sprintf("argument %d is nil", i+1))
	} else if option, ok := arg.(fx.Option); ok {
		arg = invalid(fmt.Sprintf("argument %d is an fx.Option: pass it directly to fx.New: %v", i+1, option))
	}
	if _, isInvalid := arg.(invalid); !isInvalid {
		arg = name.annotate(arg)
	}
	p.constructors = append(p.constructors, arg)
}

// invalid takes the position of an argument that cannot be a constructor, so that errors come in the order of arguments.
type invalid string

// option passes all constructors to fx in one call each, because fx takes a stack trace in each call.
func (p *provision) option() fx.Option {
	opts := []fx.Option{fx.Invoke(registryIn.check, needModule)}
	fail := func(err error) { opts = append(opts, fx.Error(fmt.Errorf("fxservices.Provide: %w", err))) }
	var targets, tokens []any
	var parsed []*constructor.Parsed
	for _, arg := range p.constructors {
		c, err := p.parse(arg)
		if err != nil {
			fail(err)
			continue
		}
		parsed = append(parsed, c)
		targets = append(targets, constructor.Located(p.managed(c), c.PC()))
		for _, out := range p.settings.Built(c) {
			tokens = append(tokens, constructor.Located(constructor.BuildToken(out), c.PC()))
		}
	}
	if err := p.settings.CheckManagers(parsed); err != nil {
		fail(err)
	}
	if p.private {
		targets = append(targets, fx.Private)
	}
	return own{fx.Options(append(opts, fx.Provide(targets...), fx.Provide(tokens...))...)}
}

func (p *provision) parse(arg any) (*constructor.Parsed, error) {
	if text, ok := arg.(invalid); ok {
		return nil, errors.New(string(text))
	}
	c, err := constructor.Parse(arg)
	if err != nil {
		return nil, err
	}
	c = c.Managed(p.settings.Kinds())
	return c, c.Check(p.settings.Retried())
}

// managed returns a constructor that calls c and adds the services that c constructs to the registry.
func (p *provision) managed(c *constructor.Parsed) (wrapped any) {
	wrapped = c.Wrap(extraIn(p.settings.After()), func(call *constructor.Call) error {
		in := registryIn{Registry: call.First.Field(1).Interface().(*registry)}
		if err := in.check(); err != nil {
			return err
		}
		return in.Registry.Construct(in.Registry.calls, c.PC(), reflect.TypeOf(wrapped), call, p.settings)
	})
	return wrapped
}

// extraIn returns the type of the parameter object that a managed constructor takes in addition: for the registry, and for
// a value of each of types.
func extraIn(types []reflect.Type) reflect.Type {
	if len(types) == 0 {
		return reflect.TypeFor[registryIn]() // reflect.StructOf is slow
	}
	return constructor.In(slices.Concat(registryFields, constructor.Fields(types))...)
}
