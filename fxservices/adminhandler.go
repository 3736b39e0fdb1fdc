package fxservices

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"sync/atomic"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/httpserver/admin"
	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/observers/dashboard"
	"github.com/go-fxservices/services/observers/timeline"
)

var errNoAdmin = errors.New("fxservices.AdminHandler: Admin is missing: give fxservices.Admin() to fx.New")

// AdminHandler mounts a handler at a pattern of the [*admin.Server] of [Admin]; see [admin.Server.Handle]. handler is a
// constructor of any shape with one result whose type implements [http.Handler], and perhaps an error; fx calls it with values
// from the container, and does not provide its result to others. It can also be a ready-made http.Handler.
//
//	fxservices.AdminHandler("/queue", NewQueuePage), // func NewQueuePage(q *Queue) *QueuePage
//
// Until everything that the handler was constructed from has started, and from the moment when that is about to stop, the
// server answers 503 at the pattern: in logs, the name of a service "admin /queue" stands for the handler. A ready-made handler
// always answers. A handler that is nil is not mounted.
//
// A result that is a service is an error of fx.New: give it to [Provide], and AdminHandler a function that takes it.
func AdminHandler(pattern string, handler any) fx.Option {
	opt, err := adminHandler(pattern, handler)
	if err != nil {
		opt = fx.Error(fmt.Errorf("fxservices.AdminHandler: %q: %w", pattern, err))
	}
	return own{fx.Options(opt, fx.Invoke(registryIn.check, func(in adminIn) error {
		if in.Server == nil {
			return errNoAdmin
		}
		return nil
	}))}
}

func adminHandler(pattern string, handler any) (fx.Option, error) {
	if ready, ok := handler.(http.Handler); ok {
		g := newGate(pattern, ready)
		if g != nil {
			g.open.Store(true)
		}
		return fx.Provide(func() gateResult { return gateResult{Gate: g} }), nil
	}
	if handler == nil {
		return nil, errors.New("must be an http.Handler or a constructor of one, got nil")
	}
	c, err := constructor.Parse(handler)
	if err != nil {
		return nil, err
	}
	outs := c.Outs()
	switch {
	case len(outs) != 1 || !outs[0].Type.Implements(reflect.TypeFor[http.Handler]()):
		return nil, fmt.Errorf("%v must return one http.Handler", c)
	case constructor.KindOf(outs[0].Type) != constructor.Other:
		return nil, fmt.Errorf("%v returns a service: give it to Provide, and AdminHandler a function that takes a %v", c, outs[0].Type)
	}
	construct, err := constructor.New(c.Replace(reflect.TypeFor[gateResult](), func(values []constructor.Value) (reflect.Value, error) {
		made, _ := values[0].Interface().(http.Handler)
		return reflect.ValueOf(gateResult{Gate: newGate(pattern, made)}), nil
	}), c.PC())
	if err != nil {
		return nil, err
	}
	managed := new(provision).managed(&constructor.Parsed{Func: construct, Written: construct})
	return fx.Provide(constructor.Located(managed, c.PC())), nil
}

type gateResult struct {
	fx.Out
	Gate *gate `group:"services.admin"`
}

// gate is a handler that answers while it is started. As a Resource it has its place in the start order behind everything
// that the handler was constructed from.
type gate struct {
	pattern string
	handler http.Handler
	open    atomic.Bool
}

// newGate returns nil for a nil handler.
func newGate(pattern string, h http.Handler) *gate {
	if identity.IsNil(h) {
		return nil
	}
	return &gate{pattern: pattern, handler: h}
}

// Name implements [runner.Service].
func (g *gate) Name() string { return "admin " + g.pattern }

// Start lets requests pass.
func (g *gate) Start(context.Context) error {
	g.open.Store(true)
	return nil
}

// Stop lets no more requests pass. It does not wait for those that have: one that streams would keep the application up.
func (g *gate) Stop(context.Context) error {
	g.open.Store(false)
	return nil
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !g.open.Load() {
		http.Error(w, "503 not started", http.StatusServiceUnavailable)
		return
	}
	g.handler.ServeHTTP(w, r)
}

// gatesIn asks the container for all handlers of AdminHandler.
type gatesIn struct {
	fx.In
	Server   *admin.Server
	Gates    []*gate            `group:"services.admin"`
	Timeline *timeline.Timeline `optional:"true"`
}

// dashboardPath is where the page of the application is, unless AdminHandler has another handler for it.
const dashboardPath = "/services"

func mountHandlers(in gatesIn) {
	isTaken := slices.ContainsFunc(in.Gates, func(g *gate) bool { return g != nil && g.pattern == dashboardPath })
	if in.Timeline != nil && !isTaken {
		in.Server.Handle(dashboardPath, dashboard.New(in.Timeline))
	}
	for _, g := range in.Gates {
		if g != nil {
			in.Server.Handle(g.pattern, g)
		}
	}
}
