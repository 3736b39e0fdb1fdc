package cronservice_test

import (
	"context"
	"fmt"
	"sync"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/contrib/cronservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

func deleteExpired(context.Context) error { return nil }

func ExampleConfig_Validate() {
	config := cronservice.Config{Jobs: []cronservice.Job{{Name: "cleanup", Cron: "30 25 * * *", Run: deleteExpired}}}
	fmt.Println(config.Validate())
	// Output: cronservice.Config: Jobs: "cleanup": Cron: end of range (25) above maximum (23): 25
}

func ExampleNew() {
	r := runner.NewRunner()
	first := sync.OnceFunc(func() {
		fmt.Println("clean up")
		r.Shutdown(nil)
	})
	server := cronservice.New(cronservice.Config{TimeZone: "Europe/Berlin"},
		cronservice.Job{Name: "cleanup", Cron: "@every 10ms", Run: func(context.Context) error { first(); return nil }},
		cronservice.Job{Name: "nightly", Cron: "30 4 * * *", Run: deleteExpired},
		cronservice.Job{Name: "often", Cron: "*/15 * * * * *", Run: deleteExpired},
	)
	ctx := context.Background()
	fmt.Println(r.Run(ctx, server), r.Finish(ctx), server.IsHealthy(ctx))
	// Output:
	// clean up
	// <nil> <nil> <nil>
}

type sessions struct{}

func (*sessions) deleteExpired(context.Context) error { return nil }

func ExampleModule() {
	newCleanup := func(s *sessions) cronservice.Job {
		return cronservice.Job{Name: "cleanup", Cron: "30 4 * * *", Run: s.deleteExpired}
	}
	err := fx.ValidateApp(
		fx.Supply(cronservice.Config{TimeZone: "Europe/Berlin"}),
		cronservice.Module(),
		fx.Supply(&sessions{}),
		fx.Provide(fx.Annotate(newCleanup, fx.ResultTags(`group:"cron"`))),
		fxservices.Module(),
	)
	fmt.Println(err)
	// Output: <nil>
}
