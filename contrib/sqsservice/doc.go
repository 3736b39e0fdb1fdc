// Package sqsservice runs a [*sqs.Client] for one queue of Amazon SQS as a resource, and consumers of the queue.
//
//	fxservices.Main(
//		fx.Provide(func() sqsservice.Config { return sqsservice.Config{QueueURL: os.Getenv("QUEUE_URL")} }),
//		sqsservice.Module(),
//		fxservices.Provide(NewShipping),         // func NewShipping(r *sqsservice.Resource) *consumer.Consumer[sqsservice.Message]
//		...
//	)
package sqsservice
