// Package consumer is the loop of everything that receives messages and handles them: queues, topics, polls of a table,
// timers. A [Consumer] is a Server of package runner, made of two functions.
//
//	orders := consumer.New("orders", queue.Receive, handle,
//		consumer.Workers(8),
//		consumer.HandleTimeout(time.Minute),
//		consumer.OnError(func(ctx context.Context, o Order, err error) { queue.GiveBack(ctx, o) }),
//	)
//
// On a clean stop no message is received and not handled.
//
// # The life of a consumer
//
// Listen opens the [Session] and starts the workers. A worker that is free waits for its turn, calls receive, passes the
// turn on, and handles what it got: receive is called by one worker at a time, and never while all are busy. From the first
// receive on the consumer is ready.
//
// If handle returns nil the message is done. If it returns an error, panics or calls runtime.Goexit, the functions of
// [OnError] decide about the message: they park it, give it back, or log it. Then the worker is free again; the failure of a
// message never ends the consumer. If receive fails, panics or calls runtime.Goexit, the consumer is unhealthy and pauses
// ([Pause]) before it asks again, unless a [FatalError] ends it: then Listen returns the failure. [ErrNone] is no failure.
//
// Close ends the context of receive at once, and a pause. From then on nothing is received, and the consumer is not ready.
// Close waits until every message in hand has been handled, one that a late receive still returned included, closes the
// Session, and lets Listen return. When the context of Close ends first, that of handle ends too. The messages whose handling
// fails now are cut off: OnError gets them, with a context that goes on, and Close waits for it and returns a
// [*CutOffError]. Then Listen can be called again.
//
// The package depends on the standard library and on package runner only.
package consumer
