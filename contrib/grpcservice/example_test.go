package grpcservice_test

import (
	"context"
	"fmt"

	"go.uber.org/fx"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/go-fxservices/services/contrib/grpcservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

func ExampleNew() {
	server := grpcservice.New(grpcservice.Config{Addr: "127.0.0.1:0"}, func(grpc.ServiceRegistrar) {
		// pb.RegisterShopServer(r, shop)
	})
	r, ctx := runner.NewRunner(runner.WithObserver(server.Observer())), context.Background()
	if err := r.Start(ctx, server); err != nil {
		fmt.Println(err)
		return
	}
	client, err := grpc.NewClient(server.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		fmt.Println(err)
		return
	}
	health, err := healthpb.NewHealthClient(client).Check(ctx, &healthpb.HealthCheckRequest{})
	fmt.Println(health.GetStatus(), err, client.Close(), r.Finish(ctx))
	// Output: SERVING <nil> <nil> <nil>
}

func ExampleModule() {
	newShop := func() func(grpc.ServiceRegistrar) {
		return func(grpc.ServiceRegistrar) {} // pb.RegisterShopServer(r, shop)
	}
	err := fx.ValidateApp(
		fx.Supply(grpcservice.Config{Addr: ":9090"}),
		grpcservice.Module(),
		fx.Provide(fx.Annotate(newShop, fx.ResultTags(`group:"grpc"`))),
		fxservices.Module(),
	)
	fmt.Println(err)
	// Output: <nil>
}
