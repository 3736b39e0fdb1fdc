// Package amqpservice runs a connection to RabbitMQ as a resource, which connects again when it is lost, and consumers of queues.
//
//	fxservices.Main(
//		fx.Provide(func() amqpservice.Config { return amqpservice.Config{URL: os.Getenv("AMQP_URL"), Queue: "orders"} }),
//		amqpservice.Module(retrier.New()),       // waits for a server that is not up yet
//		fxservices.Provide(NewShipping),         // func NewShipping(r *amqpservice.Resource) *consumer.Consumer[amqpservice.Message]
//		...
//	)
package amqpservice
