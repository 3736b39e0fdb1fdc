package fxservices_test

import (
	"context"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// The layers of a random tenant have types of their own, and all tenants have the same ones.
type (
	ground struct{}
	first  struct{}
	second struct{}
	third  struct{}
)

func (ground) level() int { return 0 }
func (first) level() int  { return 1 }
func (second) level() int { return 2 }
func (third) level() int  { return 3 }

type numbered interface{ level() int }

// storey is what the constructor of a layer returns.
type storey[L numbered] struct{ *unit }

func (s *storey[L]) Name() string                    { return s.name }
func (s *storey[L]) Start(ctx context.Context) error { return s.start(ctx) }
func (s *storey[L]) Stop(ctx context.Context) error  { return s.stop(ctx) }
func (*storey[L]) of(L)                              {}

// view is a storey under another type.
type view[L numbered] interface {
	runner.Resource
	of(L)
}

type sharedService struct{ *unit }

func (s sharedService) Name() string                    { return s.name }
func (s sharedService) Start(ctx context.Context) error { return s.start(ctx) }
func (s sharedService) Stop(ctx context.Context) error  { return s.stop(ctx) }

func newShared(b *house) sharedService { return sharedService{b.shared} }

func newGround(lc fx.Lifecycle, tn *household, _ sharedService) *storey[ground] {
	return construct[ground](lc, tn)
}

func newStorey[L, Below numbered](lc fx.Lifecycle, tn *household, _ *storey[Below]) *storey[L] {
	return construct[L](lc, tn)
}

// storeyMaker has newStorey as a method.
type storeyMaker[L, Below numbered] struct{}

func (storeyMaker[L, Below]) newStorey(lc fx.Lifecycle, tn *household, below *storey[Below]) *storey[L] {
	return newStorey[L](lc, tn, below)
}

func (storeyMaker[L, Below]) newGround(lc fx.Lifecycle, tn *household, s sharedService) *storey[ground] {
	return newGround(lc, tn, s)
}

func construct[L numbered](lc fx.Lifecycle, tn *household) *storey[L] {
	f := tn.Layers[(*new(L)).level()]
	if f.Way != byAnnotations {
		for _, hook := range f.hooks {
			lc.Append(fx.Hook{OnStart: hook.start, OnStop: hook.stop})
		}
	}
	switch {
	case f.service != nil:
		return &storey[L]{f.service}
	case f.Nil:
		return nil
	default:
		return &storey[L]{&unit{house: tn.house, name: "unmanaged", up: true}} // it would complain about its start
	}
}

func decorate[L, Needed numbered](s *storey[L], tn *household, _ *storey[Needed]) *storey[L] {
	if s != nil && tn.Layers[(*new(L)).level()].Copied {
		return &storey[L]{s.unit}
	}
	return s
}

// options are those of the module of a tenant. Layers that are managed otherwise take their places before others need them.
func (tn *household) options() []fx.Option {
	return []fx.Option{
		fx.Supply(tn, fx.Private),
		provided[ground](tn, newGround, storeyMaker[ground, ground]{}.newGround, nil),
		provided[first](tn, newStorey[first, ground], storeyMaker[first, ground]{}.newStorey, decorate[first, ground]),
		provided[second](tn, newStorey[second, first], storeyMaker[second, first]{}.newStorey, decorate[second, ground], decorate[second, first]),
		provided[third](tn, newStorey[third, second], storeyMaker[third, second]{}.newStorey,
			decorate[third, ground], decorate[third, first], decorate[third, second]),
		fx.Invoke(func(*storey[third]) {}),
	}
}

// provided provides a layer in its way. Decorators are by the layer that they need.
func provided[L numbered](tn *household, construct, method any, decorators ...any) fx.Option {
	f := tn.Layers[(*new(L)).level()]
	opts := fx.Options()
	if f.Decorated >= 0 {
		opts = fx.Decorate(decorators[f.Decorated])
	}
	plain := fx.Provide(construct, fx.Private)
	switch f.Way {
	case byService:
		return fx.Options(opts, fxservices.Provide(construct, fx.Private))
	case byAnnotated:
		return fx.Options(opts, fxservices.Provide(fx.Annotate(construct, fx.As(fx.Self())), fx.Private))
	case byPlainTagged:
		return fx.Options(opts, fx.Provide(fx.Annotate(construct, fx.ParamTags("")), fx.Private))
	case byMethod:
		return fx.Options(opts, fx.Provide(method, fx.Private))
	case byAnnotations:
		hook := f.hooks[0]
		return fx.Options(opts, fx.Provide(fx.Annotate(construct, fx.OnStart(hook.start), fx.OnStop(hook.stop)), fx.Private))
	case byLibrary:
		return fx.Options(opts, plain, fxservices.Provide(manageView[L], fx.Private), fx.Invoke(func(view[L]) {}))
	case byRegistration:
		return fx.Options(opts, plain, fx.Invoke(fxservices.Register[*storey[L]]))
	default:
		return fx.Options(opts, plain)
	}
}

func manageView[L numbered](s *storey[L]) view[L] {
	if s == nil {
		return nil
	}
	return s
}
