package fxgraph

import (
	"reflect"
	"runtime"
	"slices"
	"sync"

	"go.uber.org/fx/fxevent"
)

// Log is an [fxevent.Logger] that remembers what fx tells about decorators, and passes every event on. The graph does not
// show decorators: that a value is decorated, and what the decorator needs.
//
// A decorator can only need what was constructed before it ran. So for each one that ran Log notes how many items there
// were by then.
//
// A nil Log has heard nothing. A Log is safe for concurrent use.
type Log struct {
	next  fxevent.Logger
	count func() int      // of the items by now
	early int             // the count when the Log was made: a decorator of these may have run unheard
	own   map[string]bool // the names of the decorators of the adapter

	// What each decorator provides is known from its registration, before it runs.
	mu       sync.Mutex
	complete bool // all decorators of the application, not only those of a module, are told to this Log
	provides map[decorator][]string
	runs     map[string][]int // the counts when the decorators of a key ran
}

// decorator is how events name one.
type decorator struct{ function, module string }

// NewLog returns a Log that passes events on to next. Own are the decorators of the adapter itself, which add no
// dependencies. They belong to the root of the application: a Log that hears of them hears of all decorators.
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

// isComplete reports whether no decorator can have run unheard, but for those of early items.
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
