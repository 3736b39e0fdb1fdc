package fxservicestest

import (
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/runner"
)

// Replace is fx.Replace for a service: fx gives fake to all who take a T, and never calls the constructor of the real one. The
// application starts and stops fake in its place, which is before whoever takes it; settings of the real one do not apply. A fake
// that is no service, or nil, replaces the T only.
//
//	fxservicestest.Replace[Storage](fxservicestest.Fake("storage"))
//
// Give it to [New] itself: inside an fx.Module it holds for that module. It needs no T to be replaced that has a name or is in a
// group: those are others.
func Replace[T any](fake T) fx.Option {
	return fx.Decorate(func(lc fx.Lifecycle) (T, error) {
		s, ok := any(fake).(runner.Service)
		if !ok || identity.IsNil(s) || runner.KindOf(s) == runner.KindUnknown {
			return fake, nil
		}
		return fake, fxservices.Register(s, lc)
	})
}
