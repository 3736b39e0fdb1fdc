package observers

import (
	"reflect"
	"sync"
	"time"

	"github.com/go-fxservices/services/runner"
)

// stopwatch measures the steps of services, many at the same time. The zero
// value is ready.
type stopwatch struct {
	mu      sync.Mutex
	started map[step]time.Time
}

// step is a step of one service.
type step struct {
	op      runner.Op
	subject any
}

// stepOf identifies a service by itself, and by its name where its values
// cannot be compared.
func stepOf(op runner.Op, subject any) step {
	v := reflect.ValueOf(subject)
	if v.Kind() != reflect.Pointer && !v.Comparable() { // the first, and usual, costs no memory
		subject = line{subject: subject}.name()
	}
	return step{op: op, subject: subject}
}

func (w *stopwatch) start(op runner.Op, subject any) {
	key := stepOf(op, subject)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.started == nil {
		w.started = make(map[step]time.Time)
	}
	w.started[key] = time.Now()
}

// stop returns the time since start, and forgets it: without a start it is
// unknown.
func (w *stopwatch) stop(op runner.Op, subject any) time.Duration {
	key := stepOf(op, subject)
	w.mu.Lock()
	defer w.mu.Unlock()
	begin, ok := w.started[key]
	if !ok {
		return unknown
	}
	delete(w.started, key)
	return time.Since(begin)
}
