package main

import (
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
		fx.Invoke(func(lc fx.Lifecycle) { // no constructor: a barrier, last to start and first to stop
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
		warmUp
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
	return &search{resource("search", 5*ms, 3*ms), warmsUp(20 * ms)}
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
		warmUp
	}
	grpcServer struct {
		runner.Server
		warmUp
	}
	consumer struct {
		runner.Server
		warmUp
	}
)

func newHTTP(*orders, *catalog) *httpServer {
	return &httpServer{server("http", 10*ms), warmsUp(20 * ms)}
}

func newGRPC(*orders) *grpcServer {
	return &grpcServer{server("grpc", 4*ms), warmsUp(2 * ms)}
}

func newConsumer(*orders, *kafka) *consumer {
	return &consumer{server("orders consumer", 18*ms), warmsUp(5 * ms)}
}
