package amqpservice_test

import (
	"context"
	"fmt"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/contrib/amqpservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner/consumer"
)

func ExampleConfig_Validate() {
	fmt.Println(amqpservice.Config{URL: "amqp://localhost:5672/", Prefetch: -1}.Validate())
	// Output: amqpservice.Config: Prefetch: it must not be negative, got -1
}

func ExampleNewConsumer() {
	newShipping := func(r *amqpservice.Resource) *consumer.Consumer[amqpservice.Message] {
		return amqpservice.NewConsumer(r, func(_ context.Context, m amqpservice.Message) error {
			fmt.Printf("ship %s\n", m.Body)
			return nil
		}, consumer.Workers(4))
	}
	err := fx.ValidateApp(
		fx.Supply(amqpservice.Config{URL: "amqp://localhost:5672/", Queue: "orders"}),
		amqpservice.Module(retrier.New()), // a server that is not up yet is waited for
		fxservices.Provide(newShipping),
		fxservices.Module(),
	)
	fmt.Println(err)
	// Output: <nil>
}
