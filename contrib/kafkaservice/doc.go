// Package kafkaservice runs a [*kgo.Client] of franz-go as a resource, and consumers of topics that commit what was handled.
//
//	fxservices.Main(
//		fx.Supply(kafkaservice.Config{Brokers: []string{"localhost:9092"}, Group: "shipping", Topics: []string{"orders"}}),
//		kafkaservice.Module(retrier.New()),      // waits for a broker that is not up yet
//		fxservices.Provide(NewShipping),         // func NewShipping(r *kafkaservice.Resource) *consumer.Consumer[kafkaservice.Message]
//		...
//	)
package kafkaservice
