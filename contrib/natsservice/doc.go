// Package natsservice runs a [*nats.Conn] as a resource, consumers of JetStream, and a server inside the program for development.
//
//	fxservices.Main(
//		fx.Provide(func() natsservice.Config {
//			return natsservice.Config{URL: os.Getenv("NATS_URL"), Stream: "ORDERS", Durable: "shipping"}
//		}),
//		natsservice.Module(retrier.New()),       // waits for a server that is not up yet
//		fxservices.Provide(NewShipping),         // func NewShipping(r *natsservice.Resource) *consumer.Consumer[natsservice.Message]
//		...
//	)
package natsservice
