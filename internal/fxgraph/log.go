package fxgraph

import (
	"reflect"
	"runtime"
	"slices"
	"sync"

	"go.uber.org/fx/fxevent"
)

// Log is an [fxevent.Logger] that records the decorators in the events of fx, and passes all events on. The graph shows
// neither which values are decorated nor which values a decorator needs.
//
// A decorator can only need values that were constructed before it ran. So for each one that runs, the Log records the
// number of items at that moment.
//
// A nil Log is one that received no events. A Log is safe for concurrent use.
type Log struct {
	next  fxevent.Logger
	count func() int      // of the items by now
	early int             // the number of items when the Log was made: it has not seen the decorators that ran for these
	own   map[string]bool // the names of the decorators of the adapter

	// An event tells the outputs of a decorator when fx registers it, and another one only that it has run.
	mu       sync.Mutex
	complete bool // the Log receives the events of the whole application, not only of a module
	provides map[decorator][]string
	runs     map[string][]int // the numbers of items when the decorators of a key ran
}

// decorator is how events name one.
type decorator struct{ function, module string }

// NewLog returns a Log that passes events on to next. Own are the decorators of the adapter itself, which add no
// dependencies. They belong to the root of the application: a Log that sees one of them sees all decorators.
func NewLog(next fxevent.Logger, count func() int, own ...any) *Log {
	l := &Log{
		next: next, count: count, early: count(), own: map[string]bool{},
		provides: map[decorator][]string{}, runs: map[string][]int{},
	}
	for _, function := range own {
		l.own[nameOf(function)] = true
	}
	return l
}

// nameOf returns the name of a function as events write it.
func nameOf(function any) string {
	return runtime.FuncForPC(reflect.ValueOf(function).Pointer()).Name() + "()"
}

// LogEvent implements [fxevent.Logger].
func (l *Log) LogEvent(event fxevent.Event) {
	switch event := event.(type) {
	case *fxevent.Decorated:
		l.add(decorator{event.DecoratorName, event.ModuleName}, event.OutputTypeNames)
	case *fxevent.Run:
		if event.Kind == "decorate" {
			l.run(decorator{event.Name, event.ModuleName})
		}
	}
	l.next.LogEvent(event)
}

func (l *Log) add(d decorator, outputs []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.own[d.function] {
		l.complete = true
		return
	}
	for _, output := range outputs {
		l.provides[d] = append(l.provides[d], keyOf(output))
	}
}

func (l *Log) run(d decorator) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range l.provides[d] {
		l.runs[key] = append(l.runs[key], l.count())
	}
}

// isComplete reports whether the Log has seen all decorators, except those that ran for early items.
func (l *Log) isComplete() bool {
	if l == nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.complete
}

// before returns how many items the decorator of key may have needed whose result item i got, or that this is not known.
// All of them come before i.
func (l *Log) before(key string, i int) (n int, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	runs := l.runs[key]
	if i < l.early && len(runs) > 0 {
		return 0, false
	}
	for _, count := range runs {
		if count <= i {
			n = max(n, count)
		}
	}
	return n, true
}

// decorated returns the keys among keys that are decorated, each once.
func (l *Log) decorated(keys []string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var decorated []string
	for _, key := range keys {
		if len(l.runs[key]) > 0 && !slices.Contains(decorated, key) {
			decorated = append(decorated, key)
		}
	}
	return decorated
}
