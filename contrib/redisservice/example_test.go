package redisservice_test

import (
	"fmt"

	"github.com/redis/go-redis/v9"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/contrib/redisservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/retrier"
)

func ExampleConfig_Validate() {
	fmt.Println(redisservice.Config{Addrs: []string{"localhost"}}.Validate())
	// Output: redisservice.Config: Addrs: address localhost: missing port in address
}

func ExampleNew() {
	cache, err := redisservice.New(redisservice.Config{Name: "cache", URL: "redis://:secret@localhost:6379/0"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("run", cache.Name()) // runner.NewRunner().Run(ctx, retrier.New().Build(cache), ...)
	// Output: run cache
}

func ExampleModule() {
	err := fx.ValidateApp(
		fx.Supply(redisservice.Config{URL: "redis://localhost:6379/0"}),
		redisservice.Module(retrier.New()), // a server that is not up yet is waited for
		fx.Invoke(func(redis.UniversalClient) {}),
		fxservices.Module(),
	)
	fmt.Println(err)
	// Output: <nil>
}
