package timeline

import (
	"context"
	"fmt"

	"github.com/go-fxservices/services/internal/eventinfo"
	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/internal/layers"
	"github.com/go-fxservices/services/runner"
)

// keyOf returns a key that tells services apart as the Runner does: by the instance below all wrappers. Equal values share
// a key. It is user code that looks through wrappers, so nobody may call keyOf under a lock.
func keyOf(v any) any {
	if s, ok := v.(runner.Service); ok {
		v = layers.Innermost(s)
	}
	return identity.Alike(v)
}

// describe returns the name and the kind of the service at position i of the arguments of an event. The Runner says in ctx
// how it knows that service; without a Runner, describe asks v itself, which is user code too. A Configurable that is no
// Service goes by its Go type.
func describe(ctx context.Context, i int, v any) (string, runner.Kind) {
	if known, ok := eventinfo.From(ctx).Subject(i); ok {
		return known.Name, runner.Kind(known.Kind)
	}
	if s, ok := v.(runner.Service); ok {
		return runner.NameOf(s), runner.KindOf(s)
	}
	return fmt.Sprintf("%T", v), runner.KindUnknown
}
