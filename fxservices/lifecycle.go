package fxservices

import (
	"context"
	"reflect"
	"runtime"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/wiring"
)

// lifecycle stands in for fx.Lifecycle: hooks become part of the one sequence.
type lifecycle struct{ app *app }

// Append implements [fx.Lifecycle].
func (l lifecycle) Append(hook fx.Hook) {
	if hook.OnStart == nil && hook.OnStop == nil {
		return
	}
	var origin any
	if l.app.concurrent {
		origin = appended{callers()}
	}
	l.app.sequence.Manage(&hookService{hook: hook}, wiring.Settings{}, origin)
}

// decorateLifecycle leaves fx with the only hooks it sees.
func decorateLifecycle(original fx.Lifecycle, a *app) fx.Lifecycle {
	original.Append(fx.Hook{OnStop: a.settle})
	original.Append(fx.Hook{OnStart: a.start, OnStop: a.stop})
	return lifecycle{app: a}
}

// hookService makes a Resource of a hook.
type hookService struct{ hook fx.Hook }

// Name is that of the function of the hook, as in the events of fx.
func (h *hookService) Name() string {
	fields := reflect.ValueOf(h.hook)
	if h.hook.OnStart != nil {
		return "hook " + functionName(h.hook.OnStart, fields.FieldByName("onStartName"))
	}
	return "hook " + functionName(h.hook.OnStop, fields.FieldByName("onStopName"))
}

// functionName prefers the name that fx keeps of a function it has wrapped, as
// fx.StartHook does. Without it only that is lost.
func functionName(fn func(context.Context) error, known reflect.Value) string {
	if known.IsValid() && known.Kind() == reflect.String && known.String() != "" {
		return known.String()
	}
	return runtime.FuncForPC(reflect.ValueOf(fn).Pointer()).Name()
}

// Start calls the start function of the hook, if it has one.
func (h *hookService) Start(ctx context.Context) error {
	if h.hook.OnStart == nil {
		return nil
	}
	return h.hook.OnStart(ctx)
}

// Stop calls the stop function of the hook, if it has one.
func (h *hookService) Stop(ctx context.Context) error {
	if h.hook.OnStop == nil {
		return nil
	}
	return h.hook.OnStop(ctx)
}
