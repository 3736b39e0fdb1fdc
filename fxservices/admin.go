package fxservices

import (
	"go.uber.org/fx"

	"github.com/go-fxservices/services/httpserver/admin"
	"github.com/go-fxservices/services/observers/probes"
	"github.com/go-fxservices/services/runner"
)

// Admin adds an [*admin.Server], which serves the endpoints of operations on an address of their own: probes at /livez,
// /startupz, /readyz and /healthz, an index page at /, and the handlers of [AdminHandler].
//
//	fxservices.Admin(admin.Addr(":8081"), admin.Probes(probes.Timeout(500*time.Millisecond)))
//
// It starts before everything else, wherever the option stands, and stops after everything else: probes are answered while a
// database is being retried, and through the whole drain and stop. It needs nothing of the container. Its probes are the first
// Observer, so no other delays what they hear. If its address is in use, the start fails, naming it.
//
// Where there is a [Timeline] the server also shows the page of package dashboard, at /services. AdminHandler can put another
// handler there, such as dashboard.New(tl, dashboard.ShowErrors()).
//
// The [*admin.Server] and its [*probes.Probes] can be injected, to add handlers and checks. A second Admin, and Admin without
// Module, is an error of fx.New.
func Admin(opts ...admin.Option) fx.Option {
	return own{fx.Options(
		fx.Provide(
			func() *admin.Server { return admin.New(append([]admin.Option{admin.Probes()}, opts...)...) },
			func(s *admin.Server) *probes.Probes { return s.Probes() },
		),
		fx.Invoke(registryIn.check, mountHandlers),
	)}
}

// adminIn asks the container for the server of Admin. It is nil without one.
type adminIn struct {
	fx.In
	Server *admin.Server `optional:"true"`
}

// newRunner returns a Runner with opts, which the probes observe first.
func (in adminIn) newRunner(opts []runner.StarterOption) *runner.Runner {
	if in.Server != nil {
		opts = append([]runner.StarterOption{runner.WithObserver(in.Server.Probes())}, opts...)
	}
	return runner.NewRunner(opts...)
}

// first puts the server in front of services, with settings.
func (in adminIn) first(services []runner.Service, settings ...runner.Setting) []runner.Service {
	if in.Server == nil {
		return services
	}
	return append([]runner.Service{runner.With(in.Server, settings...)}, services...)
}
