// Package retrier retries the Start of a [runner.Resource] and the Run of a [runner.Job]
// until it succeeds, and restarts a [runner.Server] that fails, with a pause between
// attempts that a [backoff.BackOff] decides.
//
//	db := retrier.New().Build(postgres)
//	orders := retrier.New().BuildJob(importer)
//	api := retrier.New().Restarts(3, time.Minute).BuildServer(gateway)
//	err := r.Run(ctx, db, orders, api)
//
// Only Start, Run and Listen are called again, and Close between two Listens. The other
// capabilities of the service stay visible to [runner.As]: Load is called once, and
// IsReady and IsHealthy are found. [runner.StartTimeout] limits all attempts to start
// a service together.
//
// Each attempt, and each failure that another attempt follows, is an event for the
// Observers of the Runner: see [runner.RetryObserver] and
// [runner.RetryFailedObserver].
//
// A service that was stopped or closed can be started or listened to again, as often
// as the wrapped service allows it.
package retrier
