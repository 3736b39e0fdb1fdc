// Package retrier retries the Start of a [runner.Resource] until it succeeds, and
// restarts a [runner.Server] that fails, with a pause between attempts that a
// [backoff.BackOff] decides.
//
//	db := retrier.New().Build(postgres)
//	api := retrier.New().Restarts(3, time.Minute).BuildServer(gateway)
//	err := r.Run(ctx, db, api)
//
// Only Start and Listen are called again. What the service can do besides stays
// visible to [runner.As]: a Load is called once, IsReady and IsHealthy are found. A
// budget for all attempts to start together is that of the service: see
// [runner.StartTimeout].
package retrier
