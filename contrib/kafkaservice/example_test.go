package kafkaservice_test

import (
	"context"
	"fmt"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/contrib/kafkaservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner/consumer"
)

func ExampleConfig_Validate() {
	fmt.Println(kafkaservice.Config{Brokers: []string{"localhost:9092"}, Topics: []string{"orders"}}.Validate())
	// Output: kafkaservice.Config: Group: it must be given, because Topics are
}

func ExampleNewConsumer() {
	newShipping := func(r *kafkaservice.Resource) *consumer.Consumer[kafkaservice.Message] {
		return kafkaservice.NewConsumer(r, func(_ context.Context, m kafkaservice.Message) error {
			fmt.Printf("ship %s\n", m.Value)
			return nil
		}, consumer.Workers(4))
	}
	err := fx.ValidateApp(
		fx.Supply(kafkaservice.Config{Brokers: []string{"localhost:9092"}, Group: "shipping", Topics: []string{"orders"}}),
		kafkaservice.Module(retrier.New()), // a broker that is not up yet is waited for
		fxservices.Provide(newShipping),
		fxservices.Module(),
	)
	fmt.Println(err)
	// Output: <nil>
}
