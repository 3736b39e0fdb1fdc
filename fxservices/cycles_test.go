package fxservices_test

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// fifty is an application of 50 services: 40 Resources, of which each needs the one
// before it, and 10 Servers.
func fifty(listening func()) fx.Option {
	var constructors []any
	for i := range 40 {
		newResource := func(runner.Resource) runner.Resource {
			return runner.NewResource(fmt.Sprintf("resource %d", i), nothing, nothing)
		}
		constructors = append(constructors, fx.Annotate(newResource,
			fx.ParamTags(fmt.Sprintf(`name:"%d"`, i)), fx.ResultTags(fmt.Sprintf(`name:"%d"`, i+1))))
	}
	for i := range 10 {
		newServer := func(runner.Resource) runner.Server {
			listen := func(ctx context.Context) error {
				listening()
				return untilEnd(ctx)
			}
			return runner.NewServer(fmt.Sprintf("server %d", i), listen, nothing)
		}
		constructors = append(constructors, fx.Annotate(newServer, fx.ParamTags(`name:"40"`), fx.ResultTags(fmt.Sprintf(`name:"server %d"`, i))))
	}
	none := fx.Annotate(func() runner.Resource { return nil }, fx.ResultTags(`name:"0"`))
	return fx.Options(fx.Provide(none), fxservices.Provide(constructors...))
}

// cycle builds, starts and stops an application of 50 services.
func cycle(t *testing.T) {
	t.Helper()
	heard := make(chan struct{}, 10)
	var r *runner.Runner
	app := fx.New(fx.NopLogger, module(), fifty(func() { heard <- struct{}{} }), fx.Populate(&r))
	require.NoError(t, app.Start(t.Context()))
	require.Len(t, r.Services(), 50)
	for range 10 {
		<-heard
	}
	require.NoError(t, app.Stop(t.Context()))
}

// heapInUse is what is left of the heap after a collection.
func heapInUse() uint64 {
	runtime.GC()
	runtime.GC() // what finalizers and pools have let go
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// raceDetector reports whether this is a test with the race detector, which makes
// it many times slower.
func raceDetector() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

func TestCycles(t *testing.T) {
	cycles := 1000
	if testing.Short() || raceDetector() {
		cycles = 100 // the full number is run without, by make fx-matrix
	}
	const rounds = 5
	const tolerance = 64 << 10 // a single application takes more

	inBubble(t, "of start and stop leave no goroutine and no memory behind", func(t *testing.T) {
		round := func() (goroutines int, heap uint64) {
			for range cycles / rounds {
				cycle(t)
			}
			synctest.Wait()
			return runtime.NumGoroutine(), heapInUse()
		}
		goroutines, heap := round() // fills caches, and starts what runs from then on
		// What a cycle leaves, each round leaves. What earlier tests or the runtime do meanwhile is seen in some rounds only.
		moreGoroutines, moreHeap := math.MaxInt, int64(math.MaxInt64)
		for range rounds - 1 {
			goroutinesNow, heapNow := round()
			t.Logf("%d goroutines, heap of %d KiB", goroutinesNow, heapNow>>10)
			moreGoroutines = min(moreGoroutines, goroutinesNow-goroutines)
			moreHeap = min(moreHeap, int64(heapNow)-int64(heap))
			goroutines, heap = goroutinesNow, heapNow
		}
		require.LessOrEqual(t, moreGoroutines, 0)
		require.LessOrEqual(t, moreHeap, int64(tolerance))
	})
}
