package fxservices

import (
	"context"
	"reflect"
	"runtime"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/wiring"
)

// lifecycle replaces fx.Lifecycle: it adds hooks to the registry, among the services, instead of to fx.
type lifecycle struct{ registry *registry }

// Append implements [fx.Lifecycle].
func (l lifecycle) Append(hook fx.Hook) {
	if hook.OnStart == nil && hook.OnStop == nil {
		return
	}
	var origin any
	if l.registry.hookOrigin != nil {
		origin = l.registry.hookOrigin()
	}
	l.registry.Manage(&hookService{hook: hook}, wiring.Settings{}, origin)
}

// decorateLifecycle appends the only hooks that fx itself runs.
func decorateLifecycle(original fx.Lifecycle, a *app, r *registry) fx.Lifecycle {
	original.Append(fx.Hook{OnStop: a.awaitIdle})
	original.Append(fx.Hook{OnStart: a.start, OnStop: a.stop})
	return lifecycle{r}
}

// hookService is a hook as a Resource.
type hookService struct{ hook fx.Hook }

// Name returns "hook" and the name of the function, as fx writes it in its events.
func (h *hookService) Name() string {
	fields := reflect.ValueOf(h.hook)
	if h.hook.OnStart != nil {
		return "hook " + functionName(h.hook.OnStart, fields.FieldByName("onStartName"))
	}
	return "hook " + functionName(h.hook.OnStop, fields.FieldByName("onStopName"))
}

// functionName returns the name of fn. Fx keeps the name of a function that it wraps, as fx.StartHook does, in a field
// that is not exported. If a version of fx has no such field, known is invalid, and the name is that of the wrapper.
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
