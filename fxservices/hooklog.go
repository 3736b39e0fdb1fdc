package fxservices

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"time"

	"go.uber.org/fx/fxevent"

	"github.com/go-fxservices/services/internal/inside"
)

// hookLog tells the logger of fx of the hooks of constructors, as fx does of those that it runs itself.
type hookLog struct {
	of *inside.Application // nil: this version of fx cannot be read, and nobody is told

	// mu lets one event reach the logger at a time: fx tells its events one after the other, and loggers rely on it. It is held
	// during a call of the logger, which must not run hooks itself; fx would wait for it, too.
	mu sync.Mutex
}

// errUnwound is why a hook did not return. The Runner knows more, and tells it in its own error.
var errUnwound = errors.New("the hook panicked or called runtime.Goexit")

// start calls the start function of a hook.
func (l *hookLog) start(h *hookService, call func() error) error {
	if l.of == nil {
		return call()
	}
	function, caller := nameInLog(h.hook.OnStart, h.known("onStartName")), callerInLog(h.caller)
	l.tell(&fxevent.OnStartExecuting{FunctionName: function, CallerName: caller})
	return timed(call, func(took time.Duration, err error) {
		l.tell(&fxevent.OnStartExecuted{FunctionName: function, CallerName: caller, Runtime: took, Err: err})
	})
}

// stop calls the stop function of a hook.
func (l *hookLog) stop(h *hookService, call func() error) error {
	if l.of == nil {
		return call()
	}
	function, caller := nameInLog(h.hook.OnStop, h.known("onStopName")), callerInLog(h.caller)
	l.tell(&fxevent.OnStopExecuting{FunctionName: function, CallerName: caller})
	return timed(call, func(took time.Duration, err error) {
		l.tell(&fxevent.OnStopExecuted{FunctionName: function, CallerName: caller, Runtime: took, Err: err})
	})
}

// timed makes a call, and hands its duration and its error to done.
func timed(call func() error, done func(time.Duration, error)) (err error) {
	began := time.Now()
	err = errUnwound
	defer func() { done(time.Since(began), err) }()
	err = call()
	return err
}

func (l *hookLog) tell(event fxevent.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of.Log().LogEvent(event)
}

// nameInLog returns the name of a function as fx writes it.
func nameInLog(fn func(context.Context) error, known string) string {
	return strings.TrimSuffix(functionName(fn, known), "()") + "()"
}

// callerInLog returns the name of the function that appended a hook.
func callerInLog(pc uintptr) string {
	frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	return frame.Function
}
