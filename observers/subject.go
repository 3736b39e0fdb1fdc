package observers

import (
	"context"
	"fmt"

	"github.com/go-fxservices/services/internal/eventinfo"
	"github.com/go-fxservices/services/runner"
)

// subject is the service of a line. Its zero value is none.
type subject struct{ name, kind string }

// describe returns the service at position i of the arguments of an event. The Runner
// says in ctx how it knows that service. Elsewhere v itself is asked: a
// runner.Configurable need not be a Service, and is then named by its Go type.
func describe(ctx context.Context, i int, v any) subject {
	if known, ok := eventinfo.From(ctx).Subject(i); ok {
		return subject{known.Name, known.Kind}
	}
	s, ok := v.(runner.Service)
	if !ok {
		return subject{name: fmt.Sprintf("%T", v)}
	}
	return subject{runner.NameOf(s), string(runner.KindOf(s))}
}

// namesOf returns the names of the services that an event has as its arguments.
func namesOf(ctx context.Context, services []runner.Service) []string {
	names := make([]string, len(services))
	for i, s := range services {
		names[i] = describe(ctx, i, s).name
	}
	return names
}
