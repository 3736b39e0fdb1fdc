package bench_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// web is a graph of services: what each needs, by index, always lower ones.
type web [][]int

func chain(n int) web {
	w := make(web, n)
	for i := 1; i < n; i++ {
		w[i] = []int{i - 1}
	}
	return w
}

func independent(n int) web { return make(web, n) }

// layers has n services in so many layers; each needs all of the layer before.
func layers(n, count int) web {
	w, size := make(web, n), n/count
	for i := size; i < n; i++ {
		for need := i/size*size - size; need < i/size*size; need++ {
			w[i] = append(w[i], need)
		}
	}
	return w
}

// random has n services that need up to most others each.
func random(n, most int) web {
	w, draw := make(web, n), rand.New(rand.NewPCG(1, 2))
	for i := 1; i < n; i++ {
		for range draw.IntN(most + 1) {
			if need := draw.IntN(i); !slices.Contains(w[i], need) {
				w[i] = append(w[i], need)
			}
		}
	}
	return w
}

// threeEach has n services that need three others each, where there are so many.
func threeEach(n int) web {
	w, draw := make(web, n), rand.New(rand.NewPCG(3, 4))
	for i := 1; i < n; i++ {
		for len(w[i]) < min(i, 3) {
			if need := draw.IntN(i); !slices.Contains(w[i], need) {
				w[i] = append(w[i], need)
			}
		}
	}
	return w
}

// longest is how many services the longest path has.
func (w web) longest() int {
	depth := make([]int, len(w))
	for i, needs := range w {
		for _, need := range needs {
			depth[i] = max(depth[i], depth[need])
		}
		depth[i]++
	}
	return slices.Max(depth)
}

// constructors returns one for each service; make makes what it returns.
func (w web) constructors(in []reflect.Type, make func(i int, args []reflect.Value) runner.Resource) []any {
	all := []any{}
	for i, needs := range w {
		fields := []reflect.StructField{{Name: "In", Type: reflect.TypeFor[fx.In](), Anonymous: true}}
		for _, need := range needs {
			fields = append(fields, named(need))
		}
		out := reflect.StructOf([]reflect.StructField{{Name: "Out", Type: reflect.TypeFor[fx.Out](), Anonymous: true}, named(i)})
		t := reflect.FuncOf(append([]reflect.Type{reflect.StructOf(fields)}, in...), []reflect.Type{out}, false)
		all = append(all, reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value {
			result := reflect.New(out).Elem()
			result.Field(1).Set(reflect.ValueOf(make(i, args[1:])))
			return []reflect.Value{result}
		}).Interface())
	}
	return all
}

func named(i int) reflect.StructField {
	return reflect.StructField{
		Name: fmt.Sprint("S", i), Type: reflect.TypeFor[runner.Resource](), Tag: reflect.StructTag(fmt.Sprintf(`name:"%d"`, i)),
	}
}

// needing needs all services.
func (w web) needing() fx.Option {
	fields := []reflect.StructField{{Name: "In", Type: reflect.TypeFor[fx.In](), Anonymous: true}}
	for i := range w {
		fields = append(fields, named(i))
	}
	t := reflect.FuncOf([]reflect.Type{reflect.StructOf(fields)}, nil, false)
	return fx.Invoke(reflect.MakeFunc(t, func([]reflect.Value) []reflect.Value { return nil }).Interface())
}

// BenchmarkLatency starts and stops 64 services that take 10 ms for each of that.
// Plain fx starts them one after the other.
func BenchmarkLatency(b *testing.B) {
	const n, latency = 64, 10 * time.Millisecond
	pause := func(context.Context) error { <-time.After(latency); return nil }
	slow := func(int, []reflect.Value) runner.Resource { return runner.NewResource("slow", pause, pause) }
	hooked := func(_ int, args []reflect.Value) runner.Resource {
		args[0].Interface().(fx.Lifecycle).Append(fx.Hook{OnStart: pause, OnStop: pause})
		return runner.NewResource("slow", nil, nil)
	}
	for _, shape := range []struct {
		name string
		web  web
	}{{"chain", chain(n)}, {"independent", independent(n)}, {"layers", layers(n, 8)}, {"random", random(n, 3)}} {
		critical := time.Duration(shape.web.longest()) * latency
		b.Run(fmt.Sprintf("shape=%s/impl=fxservices", shape.name), func(b *testing.B) {
			latencies(b, critical, func() fx.Option {
				return fx.Options(concurrent(), fxservices.Provide(shape.web.constructors(nil, slow)...), shape.web.needing())
			})
		})
		b.Run(fmt.Sprintf("shape=%s/impl=fx", shape.name), func(b *testing.B) {
			latencies(b, critical, func() fx.Option {
				lifecycle := []reflect.Type{reflect.TypeFor[fx.Lifecycle]()}
				return fx.Options(fx.Provide(shape.web.constructors(lifecycle, hooked)...), shape.web.needing())
			})
		})
	}
}

func concurrent() fx.Option {
	return fxservices.Module(fxservices.WithRunner(runner.WithSignals()), fxservices.Concurrent())
}

func sequential() fx.Option { return fxservices.Module(fxservices.WithRunner(runner.WithSignals())) }

// latencies reports how long starts and stops take, and the longest path.
func latencies(b *testing.B, critical time.Duration, options func() fx.Option) {
	b.Helper()
	var starts, stops time.Duration
	for b.Loop() {
		app := fx.New(fx.NopLogger, options())
		began := time.Now()
		if err := app.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
		starts += time.Since(began)
		began = time.Now()
		if err := app.Stop(b.Context()); err != nil {
			b.Fatal(err)
		}
		stops += time.Since(began)
	}
	milliseconds := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(milliseconds(starts)/float64(b.N), "start-ms")
	b.ReportMetric(milliseconds(stops)/float64(b.N), "stop-ms")
	b.ReportMetric(milliseconds(critical), "critical-ms")
}

// BenchmarkGraph builds, starts and stops an application of services that do
// nothing and need three others each, with and without reading its graph.
func BenchmarkGraph(b *testing.B) {
	idle := func(int, []reflect.Value) runner.Resource { return runner.NewResource("idle", nil, nil) }
	for _, n := range []int{100, 1000, 10_000} {
		constructors := threeEach(n).constructors(nil, idle)
		needing := threeEach(n).needing()
		for _, impl := range []struct {
			name   string
			module func() fx.Option
		}{{"concurrent", concurrent}, {"sequential", sequential}} {
			b.Run(fmt.Sprintf("n=%d/impl=%s", n, impl.name), func(b *testing.B) {
				var building, starting time.Duration
				for b.Loop() {
					began := time.Now()
					app := fx.New(fx.NopLogger, impl.module(), fxservices.Provide(constructors...), needing)
					building += time.Since(began)
					began = time.Now()
					if err := app.Start(b.Context()); err != nil {
						b.Fatal(err)
					}
					starting += time.Since(began)
					if err := app.Stop(b.Context()); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(building.Nanoseconds())/float64(b.N)/float64(n), "new-ns/resource")
				b.ReportMetric(float64(starting.Nanoseconds())/float64(b.N)/float64(n), "start-ns/resource")
			})
		}
	}
}
