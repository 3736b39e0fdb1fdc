package fxgraph

import (
	"runtime"
	"strings"

	"github.com/go-fxservices/services/internal/inside"
)

// running is a call of a constructor or decorator that has not returned.
type running struct {
	decorates bool
	functions []string // the Labels of what was called by reflection within it: by fx or an adapter, and the last by the container
}

// called returns the function that the container has called.
func (r running) called() string { return r.functions[len(r.functions)-1] }

// appendsAnnotation reports whether fx is about to append a hook for the annotation fx.OnStart or fx.OnStop. The constructor
// itself has returned by then.
func (r running) appendsAnnotation() bool {
	return strings.HasPrefix(r.functions[0], "go.uber.org/fx.(*lifecycleHookAnnotation).")
}

func isOfFx(function string) bool { return strings.HasPrefix(function, "go.uber.org/fx.") }

// onStack returns the calls that containers are making on this goroutine, the innermost first. There is more than one only
// where a constructor builds another application.
//
// Containers call by reflection. A function that fx.Invoke has called, or that runs on a goroutine of its own, is in no call.
func onStack() []running {
	var calls []running
	var called []string
	last, invoked := "", false
	for _, function := range functions() {
		switch {
		case function == "reflect.Value.call":
			called = append(called, inside.LabelOf(last))
		case function == "go.uber.org/dig.defaultInvoker":
			invoked = true
		case invoked:
			decorates := function == "go.uber.org/dig.(*decoratorNode).Call"
			if len(called) > 0 && (decorates || function == "go.uber.org/dig.(*constructorNode).Call") {
				calls = append(calls, running{decorates, called})
			}
			called, invoked = nil, false
		}
		last = function
	}
	return calls
}

// functions returns the names of all functions on the stack, the innermost first.
func functions() []string {
	pcs := make([]uintptr, 128)
	n := runtime.Callers(3, pcs)
	for n == len(pcs) {
		pcs = make([]uintptr, 4*n)
		n = runtime.Callers(3, pcs)
	}
	frames := runtime.CallersFrames(pcs[:n])
	names := make([]string, 0, n)
	for {
		frame, more := frames.Next()
		names = append(names, frame.Function)
		if !more {
			return names
		}
	}
}
