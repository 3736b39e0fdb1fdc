// Package retrier retries the Start of a [runner.Resource] until it succeeds,
// with a pause between attempts that a [backoff.BackOff] decides.
//
//	db := retrier.New().Build(postgres)
//	err := r.Run(ctx, db)
//
// Only Start is retried. What the resource can do besides stays visible to
// [runner.As]: a Load is called once, IsReady and IsHealthy are found. A budget
// for all attempts together is that of the service: see [runner.StartTimeout].
package retrier
