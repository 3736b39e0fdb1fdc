package fxservices

import (
	"context"
	"log/slog"
	"reflect"
	"runtime"
	"strings"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/inside"
	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// UnmanagedObserver is an [runner.Observer] that hears of services which nothing starts: plain fx.Provide or fx.Supply got them.
// [Run] and [Main] call ServiceUnmanaged before the start, with the constructor, its file and its line, and with what to write
// instead. The Observers of package observers log a warning. Where no Observer has the method, Run does so with [slog.Default].
//
// A service counts as managed if an instance of its type is; if its constructor, or an fx.Invoke, appends hooks that may start
// it; and if fx.Replace replaces it.
type UnmanagedObserver interface {
	ServiceUnmanaged(ctx context.Context, constructor, mend string)
}

// unmanaged is a service that nothing starts.
type unmanaged struct {
	t                 reflect.Type
	constructor, mend string
	pc                uintptr // of the constructor; 0: there is none
}

// candidates returns the services that plain fx.Provide and fx.Supply got.
func candidates(g inside.Given) (all []unmanaged) {
	for _, arg := range g.Constructors {
		c, err := constructor.Parse(arg)
		if err != nil || inside.Hooks(arg) {
			continue
		}
		for _, out := range c.Written.Outs() {
			if isService(out.Type) {
				all = append(all, unmanaged{out.Type, c.String(), "give the constructor to fxservices.Provide instead of fx.Provide", c.PC()})
			}
		}
	}
	for _, t := range g.Supplied {
		if isService(t) {
			all = append(all, unmanaged{t, "fx.Supply of a " + t.String(), "give it to fxservices.Supply instead of fx.Supply", 0})
		}
	}
	return all
}

func isService(t reflect.Type) bool {
	switch constructor.KindOf(t) {
	case constructor.Resource, constructor.Server, constructor.Job:
		return true
	default:
		return false
	}
}

// warn tells Observers of the services among those that g gives to fx that nothing manages.
func (a *app) warn(ctx context.Context, g inside.Given) {
	var all []unmanaged
	for _, u := range candidates(g) {
		if !u.isManaged(a.managed()) && !u.isInvoked(g.Invoked) && !u.isReplaced(g.Replaced) {
			all = append(all, u)
		}
	}
	if len(all) == 0 {
		return
	}
	told := false
	for _, o := range wiring.Observers(a.runner) {
		if observer, ok := o.(UnmanagedObserver); ok {
			told = true
			for _, u := range all {
				observer.ServiceUnmanaged(ctx, u.constructor, u.mend)
			}
		}
	}
	for _, u := range all {
		if !told {
			slog.WarnContext(ctx, "service not managed", "constructor", u.constructor, "mend", u.mend)
		}
	}
}

// isManaged reports whether one of services may be u, or may start it.
func (u unmanaged) isManaged(services []runner.Service) bool {
	for _, s := range services {
		inner := wiring.Innermost(s)
		if hook, ok := inner.(*hookService); ok {
			if u.isStartedBy(strings.TrimPrefix(hook.Name(), "hook ")) {
				return true
			}
			continue
		}
		if contains(reflect.ValueOf(inner), u.t) {
			return true
		}
	}
	return false
}

// isStartedBy reports whether a function is a method of u, or is written inside of its constructor.
func (u unmanaged) isStartedBy(function string) bool {
	if u.pc != 0 {
		if c := runtime.FuncForPC(u.pc); c != nil && strings.HasPrefix(function, c.Name()+".") {
			return true
		}
	}
	t, before, after := u.t, "", "."
	if t.Kind() == reflect.Pointer {
		t, before, after = t.Elem(), "(*", ")."
	}
	return t.Name() != "" && strings.HasPrefix(function, t.PkgPath()+"."+before+t.Name()+after)
}

// isInvoked reports whether a function of fx.Invoke takes u and the lifecycle: it may append a hook that starts u.
func (u unmanaged) isInvoked(functions []any) bool {
	for _, f := range functions {
		c, err := constructor.New(inside.Target(f), 0)
		if err == nil && c.Takes(u.t) && c.Takes(reflect.TypeFor[fx.Lifecycle]()) {
			return true
		}
	}
	return false
}

func (u unmanaged) isReplaced(types []reflect.Type) bool {
	for _, t := range types {
		if t == u.t {
			return true
		}
	}
	return false
}

// contains reports whether v has the type t, or is a struct that embeds a value which has.
func contains(v reflect.Value, t reflect.Type) bool {
	for v.IsValid() {
		if v.Type() == t || t.Kind() == reflect.Interface && v.Type().Implements(t) {
			return true
		}
		if v.Kind() != reflect.Pointer && v.Kind() != reflect.Interface {
			break
		}
		v = v.Elem()
	}
	if !v.IsValid() || v.Kind() != reflect.Struct {
		return false
	}
	for i := range v.NumField() {
		if v.Type().Field(i).Anonymous && contains(v.Field(i), t) {
			return true
		}
	}
	return false
}
