package bench_test

import (
	"fmt"
	"testing"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// BenchmarkFx writes down, builds, starts and stops an application of resources
// that do nothing. Those of fxservices are beside the same in plain fx, where each
// constructor appends a hook of its resource.
//
// A benchmark cannot declare a type for each of 1000 resources, so all go into one
// value group. In the shape "plain" a result object says so, which is the only way
// without fx.Annotate; in the shape "annotated" fx.Annotate does, on both sides.
// Constructors have the same form on both sides and make the same resources: all
// that differs is who appends the hook.
func BenchmarkFx(b *testing.B) {
	for _, shape := range []fxShape{plainShape, annotatedShape} {
		for _, n := range []int{10, 100, 1000} {
			b.Run(fmt.Sprintf("shape=%s/n=%d/impl=fxservices", shape.name, n), func(b *testing.B) {
				startAndStop(b, n, func() fx.Option {
					return fx.Options(
						fxservices.Module(fxservices.WithRunner(runner.WithSignals())),
						fxservices.Provide(times(n, shape.service)...),
					)
				})
			})
			b.Run(fmt.Sprintf("shape=%s/n=%d/impl=fx", shape.name, n), func(b *testing.B) {
				startAndStop(b, n, func() fx.Option { return fx.Provide(times(n, shape.hook)...) })
			})
		}
	}
}

// fxShape is a form of constructors: of a service, and of the same with a hook.
type fxShape struct {
	name          string
	service, hook func(name string) any
}

// grouped is what a constructor of the shape "plain" returns.
type grouped struct {
	fx.Out
	Resource runner.Resource `group:"resources"`
}

var plainShape = fxShape{
	name: "plain",
	service: func(name string) any {
		return func() grouped { return grouped{Resource: runner.NewResource(name, nil, nil)} }
	},
	hook: func(name string) any {
		return func(lc fx.Lifecycle) grouped { return grouped{Resource: hooked(lc, name)} }
	},
}

var annotatedShape = fxShape{
	name: "annotated",
	service: func(name string) any {
		return inGroup(func() runner.Resource { return runner.NewResource(name, nil, nil) })
	},
	hook: func(name string) any {
		return inGroup(func(lc fx.Lifecycle) runner.Resource { return hooked(lc, name) })
	},
}

func inGroup(constructor any) any {
	return fx.Annotate(constructor, fx.ResultTags(`group:"resources"`))
}

// hooked is what a constructor of plain fx does.
func hooked(lc fx.Lifecycle, name string) runner.Resource {
	r := runner.NewResource(name, nil, nil)
	lc.Append(fx.Hook{OnStart: r.Start, OnStop: r.Stop})
	return r
}

func times(n int, constructor func(name string) any) []any {
	all := make([]any, n)
	for i := range all {
		all[i] = constructor(fmt.Sprint("resource ", i))
	}
	return all
}

// needAll needs what the constructors make.
func needAll(in struct {
	fx.In
	Resources []runner.Resource `group:"resources"`
}) {
}

func startAndStop(b *testing.B, n int, options func() fx.Option) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		app := fx.New(fx.NopLogger, options(), fx.Invoke(needAll))
		if err := app.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
		if err := app.Stop(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/resource")
}
