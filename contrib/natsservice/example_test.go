//go:build unix

package natsservice_test

import (
	"context"
	"fmt"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/contrib/natsservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
	"github.com/go-fxservices/services/runner/consumer"
)

func ExampleConfig_Validate() {
	fmt.Println(natsservice.Config{URL: "nats://localhost:4222", Stream: "ORDERS"}.Validate())
	// Output: natsservice.Config: Durable: it must be given, because Stream is
}

func ExampleNewEmbedded() {
	server, err := natsservice.NewEmbedded(natsservice.EmbeddedConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	client, err := natsservice.New(natsservice.Config{URL: server.URL()})
	if err != nil {
		fmt.Println(err)
		return
	}
	hello := runner.NewJob("hello", func(context.Context) error {
		fmt.Println("connected:", client.Client().IsConnected())
		return client.Client().Publish("greetings", []byte("hello"))
	})
	r, ctx := runner.NewRunner(), context.Background()
	fmt.Println(r.Run(ctx, server, client, hello), r.Finish(ctx))
	// Output:
	// connected: true
	// <nil> <nil>
}

func ExampleNewConsumer() {
	newShipping := func(r *natsservice.Resource) *consumer.Consumer[natsservice.Message] {
		return natsservice.NewConsumer(r, func(_ context.Context, m natsservice.Message) error {
			fmt.Printf("ship %s\n", m.Data())
			return nil
		}, consumer.Workers(4))
	}
	err := fx.ValidateApp(
		fx.Supply(natsservice.Config{URL: "nats://localhost:4222", Stream: "ORDERS", Durable: "shipping"}),
		natsservice.Module(retrier.New()), // a server that is not up yet is waited for
		fxservices.Provide(newShipping),
		fxservices.Module(),
	)
	fmt.Println(err)
	// Output: <nil>
}
