package observers

import (
	"maps"
	"sync"
	"time"

	"github.com/go-fxservices/services/internal/identity"
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
	about any // a key of the service
}

func (w *stopwatch) start(op runner.Op, about any) {
	key := step{op, identity.Alike(about)}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.started == nil {
		w.started = make(map[step]time.Time)
	}
	w.started[key] = time.Now()
}

// isRunning reports whether a step has begun and not ended.
func (w *stopwatch) isRunning(op runner.Op, about any) bool {
	key := step{op, identity.Alike(about)}
	w.mu.Lock()
	defer w.mu.Unlock()
	_, running := w.started[key]
	return running
}

// forget forgets all steps of an Op.
func (w *stopwatch) forget(op runner.Op) {
	w.mu.Lock()
	defer w.mu.Unlock()
	maps.DeleteFunc(w.started, func(s step, _ time.Time) bool { return s.op == op })
}

// stop returns the time since start, and forgets it: without a start it is
// unknown.
func (w *stopwatch) stop(op runner.Op, about any) optional[time.Duration] {
	key := step{op, identity.Alike(about)}
	w.mu.Lock()
	defer w.mu.Unlock()
	begin, ok := w.started[key]
	if !ok {
		return optional[time.Duration]{}
	}
	delete(w.started, key)
	return known(time.Since(begin))
}
