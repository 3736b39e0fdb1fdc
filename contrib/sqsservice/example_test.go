//go:build unix

package sqsservice_test

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/contrib/sqsservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner/consumer"
)

func ExampleConfig_Validate() {
	fmt.Println(sqsservice.Config{QueueURL: "https://sqs.eu-west-1.amazonaws.com/1/orders", WaitTime: time.Minute}.Validate())
	// Output: sqsservice.Config: WaitTime: it must be whole seconds, at most 20s, got 1m0s
}

func ExampleNewConsumer() {
	newShipping := func(r *sqsservice.Resource) *consumer.Consumer[sqsservice.Message] {
		return sqsservice.NewConsumer(r, func(_ context.Context, m sqsservice.Message) error {
			fmt.Println("ship", aws.ToString(m.Body))
			return nil
		}, consumer.Workers(4))
	}
	err := fx.ValidateApp(
		fx.Supply(sqsservice.Config{QueueURL: "https://sqs.eu-west-1.amazonaws.com/1/orders"}),
		sqsservice.Module(),
		fxservices.Provide(newShipping),
		fxservices.Module(),
	)
	fmt.Println(err)
	// Output: <nil>
}
