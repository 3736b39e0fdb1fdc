package grpcservice

import (
	"fmt"

	"go.uber.org/fx"
	"google.golang.org/grpc"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// Module adds a [*Server] to an application that has fxservices.Module. The container has to provide a [Config], and in the value group
// "grpc" the functions that register services, of type func(grpc.ServiceRegistrar). Its health checks mirror the Runner.
//
// Settings are those of fxservices.Provide, and fxservices.Named for a second server: Named("internal") takes the functions of the
// group "grpc.internal". A nil function is an error of Listen, and so of the start.
func Module(settings ...any) fx.Option {
	name, others := fxservices.SplitNamed(settings...)
	group := "grpc"
	if name != "" {
		group += "." + string(name)
	}
	construct := func(config Config, register []func(grpc.ServiceRegistrar)) (*Server, error) {
		if err := config.Validate(); err != nil {
			return nil, err
		}
		return New(config, register...), nil
	}
	params := fx.ParamTags(name.Tag(), fmt.Sprintf("group:%q", group))
	return fx.Options(
		fxservices.Provide(append([]any{fx.Annotate(construct, params, fx.ResultTags(name.Tag()))}, others...)...),
		fxservices.Observe(fx.Annotate(func(s *Server) runner.Observer { return s.Observer() }, fx.ParamTags(name.Tag()))),
	)
}
