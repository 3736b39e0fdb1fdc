package fxservices

import (
	"fmt"
	"reflect"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/runner"
)

// Register starts and stops a service that plain fx.Provide constructs:
//
//	fx.Provide(NewPostgres),
//	fx.Invoke(fxservices.Register[*Postgres]),
//
// Annotations find a value that has a name. For a value group T is the slice, and Register takes all members:
//
//	fx.Invoke(fx.Annotate(fxservices.Register[*Postgres], fx.ParamTags(`name:"replica"`))),
//	fx.Invoke(fx.Annotate(fxservices.Register[[]Consumer], fx.ParamTags(`group:"consumers"`))),
//
// The service takes its place in the start order when fx runs the Invoke. It is an error if a constructor of [Provide] has got
// the service by then, because what that constructs would start before it. Register ignores a nil service, and leaves one that
// has a place already where it is. A service that is none of Resource, Server and Job, or both a Resource and a Server, is an
// error, and so is a value that is no service.
func Register[T any](service T, lc fx.Lifecycle) error {
	l, ok := lc.(lifecycle) // a parameter object with the registry would keep fx.Annotate from taking tags
	if !ok {
		return errNoModule
	}
	if v := reflect.ValueOf(service); v.IsValid() && v.Kind() == reflect.Slice && !v.Type().Implements(serviceType) {
		for i := range v.Len() {
			if err := l.register(v.Index(i).Interface()); err != nil {
				return err
			}
		}
		return nil
	}
	return l.register(service)
}

var serviceType = reflect.TypeFor[runner.Service]()

func (l lifecycle) register(v any) error {
	s, ok := v.(runner.Service)
	if !ok && v != nil {
		return fmt.Errorf("fxservices.Register: %T: %w", v, runner.ErrInvalidServiceType)
	}
	if err := l.registry.Register(s, l.registry.calls); err != nil {
		return fmt.Errorf("fxservices.Register: %w", err)
	}
	return nil
}
