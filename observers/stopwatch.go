package observers

import (
	"context"
	"reflect"
	"sync"
	"time"

	"github.com/go-fxservices/services/runner"
)

// stopwatch measures the steps of services, many at the same time. The zero
// value is ready.
type stopwatch struct {
	mu      sync.Mutex
	started map[step]time.Time // the steps that have begun and not ended
}

// step is a step of one service.
type step struct {
	op    runner.Op
	about any
}

// stepOf identifies a service by itself, and by its name where its values
// cannot be compared.
func stepOf(ctx context.Context, op runner.Op, about any) step {
	v := reflect.ValueOf(about)
	if v.Kind() != reflect.Pointer && !v.Comparable() { // the first, and usual, costs no memory
		about = describe(ctx, 0, about).name
	}
	return step{op: op, about: about}
}

func (w *stopwatch) start(ctx context.Context, op runner.Op, about any) {
	key := stepOf(ctx, op, about)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.started == nil {
		w.started = make(map[step]time.Time)
	}
	w.started[key] = time.Now()
}

// stop returns the time since start, and forgets it: without a start it is
// unknown.
func (w *stopwatch) stop(ctx context.Context, op runner.Op, about any) optional[time.Duration] {
	key := stepOf(ctx, op, about)
	w.mu.Lock()
	defer w.mu.Unlock()
	begin, ok := w.started[key]
	if !ok {
		return optional[time.Duration]{}
	}
	delete(w.started, key)
	return known(time.Since(begin))
}
