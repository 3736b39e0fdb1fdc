// Package grpcservice runs a gRPC server: bound before it counts as ready, closed gracefully, with health checks that mirror the Runner.
//
//	fxservices.Main(
//		fx.Supply(grpcservice.Config{Addr: ":9090"}),
//		grpcservice.Module(),
//		fx.Provide(fx.Annotate(NewShop, fx.ResultTags(`group:"grpc"`))),
//		...
//	)
//
//	func NewShop(o *Orders) func(grpc.ServiceRegistrar) {
//		return func(r grpc.ServiceRegistrar) { pb.RegisterShopServer(r, &shop{orders: o}) }
//	}
package grpcservice
