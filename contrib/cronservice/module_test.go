package cronservice_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/contrib/cronservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/fxservices/fxservicestest"
	"github.com/go-fxservices/services/runner"
)

// provideJob adds a job to a value group.
func provideJob(group string, job cronservice.Job) fx.Option {
	return fx.Provide(fx.Annotate(func() cronservice.Job { return job }, fx.ResultTags(`group:"`+group+`"`)))
}

func TestModule(t *testing.T) {
	inBubble(t, "runs the jobs of the Config and of the group, and a named one those of its own", func(t *testing.T) {
		const name = `name:"slow"`
		ran := make(chan string, 10)
		job := func(name, cron string) cronservice.Job {
			return cronservice.Job{Name: name, Cron: cron, Run: func(context.Context) error { ran <- name; return nil }}
		}
		var slow *cronservice.Server
		app := fxservicestest.New(t,
			fx.Supply(cronservice.Config{Jobs: []cronservice.Job{job("of the config", "@every 1m")}}),
			fx.Supply(fx.Annotate(cronservice.Config{Name: "slow"}, fx.ResultTags(name))),
			cronservice.Module(runner.StopTimeout(time.Minute)),
			cronservice.Module(fxservices.Named("slow")),
			provideJob("cron", job("of the group", "@every 2m")),
			provideJob("cron.slow", job("slow", "@every 3m")),
			fx.Populate(fx.Annotate(&slow, fx.ParamTags(name))),
		)
		app.RequireStart()
		require.NoError(t, slow.IsReady(t.Context()))
		for _, want := range [][]string{{"of the config"}, {"of the config", "of the group"}, {"of the config", "slow"}} {
			time.Sleep(time.Minute)
			synctest.Wait()
			var got []string
			for range want {
				got = append(got, <-ran)
			}
			require.ElementsMatch(t, want, got)
			require.Empty(t, ran)
		}
		app.RequireStop()
		require.Error(t, slow.IsReady(t.Context()))
	})

	inBubble(t, "lets jobs run during the drain, and waits for one before it stops what the job needs", func(t *testing.T) {
		var events []string
		note := func(event string) func(context.Context) error {
			return func(context.Context) error { events = append(events, event); return nil }
		}
		type db struct{ runner.Resource }
		app := fx.New(fx.NopLogger,
			fx.Supply(cronservice.Config{}),
			fxservices.Provide(func() *db { return &db{runner.NewResource("db", note("start db"), note("stop db"))} }),
			fx.Provide(fx.Annotate(func(*db) cronservice.Job {
				return cronservice.Job{Name: "job", Cron: "@every 10s", Run: func(ctx context.Context) error {
					events = append(events, "job")
					time.Sleep(9 * time.Second)
					events = append(events, "job done")
					return ctx.Err()
				}}
			}, fx.ResultTags(`group:"cron"`))),
			cronservice.Module(),
			fxservices.Module(fxservices.WithRunner(runner.WithSignals()), fxservices.DrainDelay(6*time.Second)),
		)
		require.NoError(t, app.Err())
		require.NoError(t, app.Start(t.Context()))
		time.Sleep(5 * time.Second)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		require.NoError(t, app.Stop(ctx))
		require.Equal(t, []string{"start db", "job", "job done", "stop db"}, events)
	})

	t.Run("refuses a job that is not valid", func(t *testing.T) {
		err := fx.New(fx.NopLogger, fx.Supply(cronservice.Config{}), cronservice.Module(),
			provideJob("cron", cronservice.Job{Name: "cleanup", Cron: "soon", Run: nothing}), fxservices.Module()).Err()
		require.ErrorContains(t, err, `cronservice.Config: Jobs: "cleanup": Cron: expected 5 to 6 fields`)
	})
}
