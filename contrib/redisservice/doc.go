// Package redisservice runs a [redis.UniversalClient] as a resource: connected before it counts as started, and given back at the end.
//
//	fxservices.Main(
//		fx.Provide(func() redisservice.Config { return redisservice.Config{URL: os.Getenv("REDIS_URL")} }),
//		redisservice.Module(retrier.New()),      // waits for a server that is not up yet
//		fxservices.Provide(NewCache),            // func NewCache(redis.UniversalClient) *Cache
//		...
//	)
package redisservice
