package main

import (
	"context"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// shop is what the application consists of. What starts after what is not said
// here: it is what the constructors take, and what After adds.
func shop() fx.Option {
	return fx.Options(
		fxservices.Provide(newSecrets, newPostgres, newMigrations, newRedis, newKafka, newSearch),
		fx.Provide(newOrders, newCatalog),
		fxservices.Provide(newHTTP, newGRPC, newConsumer,
			fxservices.After[*migrations]()), // they use the tables, not what makes them
		fx.Invoke(func(lc fx.Lifecycle, _ *httpServer, _ *grpcServer, _ *consumer) { // no constructor: a barrier, last to start and first to stop
			lc.Append(fx.StartStopHook(announce, withdraw))
		}),
	)
}

type (
	secrets struct {
		runner.Resource
		loading
	}
	postgres   struct{ runner.Resource }
	migrations struct{ runner.Resource }
	redis      struct{ runner.Resource }
	kafka      struct{ runner.Resource }
	search     struct {
		runner.Resource
		*warmUp
	}
)

func newSecrets() *secrets {
	return &secrets{resource("secrets", 8*ms, 1*ms), loading{4 * ms}}
}

func newPostgres(*secrets) *postgres      { return &postgres{resource("postgres", 30*ms, 8*ms)} }
func newMigrations(*postgres) *migrations { return &migrations{resource("migrations", 38*ms, 0)} }
func newRedis(*secrets) *redis            { return &redis{resource("redis", 6*ms, 2*ms)} }
func newKafka(*secrets) *kafka            { return &kafka{resource("kafka", 42*ms, 14*ms)} }

func newSearch() *search {
	w := warmsUp(20 * ms)
	start := func(ctx context.Context) error {
		err := takes(5 * ms)(ctx)
		if err == nil {
			w.begin()
		}
		return err
	}
	stop := func(ctx context.Context) error {
		w.end()
		return takes(3 * ms)(ctx)
	}
	return &search{runner.NewResource("search", start, stop), w}
}

// Two repositories, which are no services: the servers reach the databases through
// them.
type (
	orders  struct{}
	catalog struct{}
)

func newOrders(*postgres, *redis) *orders    { return &orders{} }
func newCatalog(*postgres, *search) *catalog { return &catalog{} }

type (
	httpServer struct {
		runner.Server
		*warmUp
	}
	grpcServer struct {
		runner.Server
		*warmUp
	}
	consumer struct {
		runner.Server
		*warmUp
	}
)

func newHTTP(*orders, *catalog) *httpServer {
	w := warmsUp(20 * ms)
	return &httpServer{server("http", w, 10*ms), w}
}

func newGRPC(*orders) *grpcServer {
	w := warmsUp(2 * ms)
	return &grpcServer{server("grpc", w, 4*ms), w}
}

func newConsumer(*orders, *kafka) *consumer {
	w := warmsUp(5 * ms)
	return &consumer{server("orders consumer", w, 18*ms), w}
}
