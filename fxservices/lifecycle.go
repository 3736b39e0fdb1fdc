package fxservices

import (
	"context"
	"reflect"
	"runtime"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/inside"
	"github.com/go-fxservices/services/internal/wiring"
)

// lifecycle replaces fx.Lifecycle: it adds hooks to the registry, among the services, instead of to fx.
type lifecycle struct {
	registry *registry
	log      *hookLog
}

// Append implements [fx.Lifecycle].
func (l lifecycle) Append(hook fx.Hook) {
	if hook.OnStart == nil && hook.OnStop == nil {
		return
	}
	caller, _, _, _ := runtime.Caller(1)
	l.registry.Manage(&hookService{hook: hook, caller: caller, log: l.log}, wiring.Settings{}, l.registry.calls.Append())
}

// decorateLifecycle appends the only hooks that fx itself runs.
func decorateLifecycle(original fx.Lifecycle, a *app, r *registry) fx.Lifecycle {
	original.Append(fx.Hook{OnStop: a.endAnyStart})
	original.Append(fx.Hook{OnStart: a.start, OnStop: a.stop})
	r.calls.Follow(func() (*inside.Container, error) { return inside.OfFx(original) })
	return lifecycle{r, &hookLog{of: a.ending.inside}}
}

// hookService is a hook as a Resource.
type hookService struct {
	hook   fx.Hook
	caller uintptr // of Append
	log    *hookLog
}

// Name returns "hook" and the name of the function, as fx writes it in its events.
func (h *hookService) Name() string {
	if h.hook.OnStart != nil {
		return "hook " + functionName(h.hook.OnStart, h.known("onStartName"))
	}
	return "hook " + functionName(h.hook.OnStop, h.known("onStopName"))
}

// known returns the name of a function that fx has wrapped, as fx.StartHook does, or "". Fx keeps it in a field that is not
// exported. If a version of fx has no such field, the name is that of the wrapper.
func (h *hookService) known(field string) string {
	if v := reflect.ValueOf(h.hook).FieldByName(field); v.IsValid() && v.Kind() == reflect.String {
		return v.String()
	}
	return ""
}

func functionName(fn func(context.Context) error, known string) string {
	if known != "" {
		return known
	}
	return runtime.FuncForPC(reflect.ValueOf(fn).Pointer()).Name()
}

// Start calls the start function of the hook, if it has one.
func (h *hookService) Start(ctx context.Context) error {
	if h.hook.OnStart == nil {
		return nil
	}
	return h.log.start(h, func() error { return h.hook.OnStart(ctx) })
}

// Stop calls the stop function of the hook, if it has one.
func (h *hookService) Stop(ctx context.Context) error {
	if h.hook.OnStop == nil {
		return nil
	}
	return h.log.stop(h, func() error { return h.hook.OnStop(ctx) })
}
