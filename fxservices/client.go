package fxservices

import (
	"fmt"
	"reflect"
	"slices"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/runner"
)

// Name is a setting for [Provide], [ProvideClient] and the Modules of ready-made services; see [Named].
type Name string

// Named is a setting for [Provide], [ProvideClient] and the Modules of ready-made services, which makes a second one of a kind: all
// parameters and results of the constructors of the call have this name.
//
//	pgxservice.Module(),
//	pgxservice.Module(fxservices.Named("reporting")),
//	fx.Provide(fx.Annotate(NewReportingConfig, fx.ResultTags(`name:"reporting"`))),
//	fxservices.Provide(NewReports, fxservices.Named("reporting")), // func NewReports(*pgxpool.Pool) *Reports
//
// The last one of a call counts, and an empty name is none. A constructor with annotations of its own is an error of fx.New.
func Named(name string) Name { return Name(name) }

// Tag returns the name as fx.ParamTags and fx.ResultTags write it, `name:"reporting"`, or "" without one.
func (n Name) Tag() string {
	if n == "" {
		return ""
	}
	return fmt.Sprintf("name:%q", string(n))
}

// annotate gives the name to the parameters and results of a constructor.
func (n Name) annotate(constructor any) any {
	t := reflect.TypeOf(constructor)
	switch {
	case n == "":
		return constructor
	case t == nil || t.Kind() != reflect.Func:
		return invalid(fmt.Sprintf("%T: Named names the parameters and results of plain functions", constructor))
	}
	tags := slices.Repeat([]string{n.Tag()}, max(t.NumIn(), t.NumOut()))
	return fx.Annotate(constructor, fx.ParamTags(tags[:t.NumIn()]...), fx.ResultTags(tags[:t.NumOut()]...))
}

// SplitNamed returns the last Name among settings, and the others. Modules whose constructors have annotations of their own use it.
func SplitNamed(settings ...any) (name Name, others []any) {
	for _, s := range settings {
		if n, ok := s.(Name); ok {
			name = n
		} else {
			others = append(others, s)
		}
	}
	return name, others
}

// ProvideClient is [Provide] for a resource that is the client of a server, made by construct from a configuration. It provides the
// resource, and what its method Client returns for those who know the library only: whoever takes either starts after it.
//
//	func Module(settings ...any) fx.Option { return fxservices.ProvideClient(New, settings...) }
//
// Client is called once, before the start. The settings are those of Provide.
func ProvideClient[C any, R clientResource[T], T any](construct func(C) (R, error), settings ...any) fx.Option {
	name, _ := SplitNamed(settings...)
	client := name.annotate(func(r R) T { return r.Client() })
	return own{fx.Options(Provide(append([]any{construct}, settings...)...), fx.Provide(client))}
}

type clientResource[T any] interface {
	runner.Resource
	Client() T
}
