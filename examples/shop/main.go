// Shop is a small service with what is ready to use. An order travels from HTTP through the database and the queue to a consumer, which
// ships it; HTTP and gRPC say how far it is.
//
//	go run ./examples/shop
//
// It prints what to try. ADDR, GRPC_ADDR and ADMIN_ADDR say where it listens. DATABASE_URL and REDIS_URL are those of servers; by default
// the database is SQLite, and there is no cache. NATS runs inside the program. Both keep their data in the folder DATA.
package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of PostgreSQL
	"go.uber.org/fx"
	"go.uber.org/zap"
	_ "modernc.org/sqlite" // the driver of SQLite

	"github.com/go-fxservices/services/contrib/cronservice"
	"github.com/go-fxservices/services/contrib/grpcservice"
	"github.com/go-fxservices/services/contrib/natsservice"
	"github.com/go-fxservices/services/contrib/promservice"
	"github.com/go-fxservices/services/contrib/redisservice"
	"github.com/go-fxservices/services/contrib/sqlservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/httpserver/admin"
	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

func main() {
	data := cmp.Or(os.Getenv("DATA"), filepath.Join(os.TempDir(), "shop"))
	fxservices.Main(
		fx.NopLogger, fx.Error(os.MkdirAll(data, 0o700)), fx.Provide(zap.NewDevelopment),
		fxservices.Observe(observers.NewZap, newAnnouncement),
		database(data), queue(data), cache(),
		fxservices.Provide(NewOrders, NewStream, NewShipping, NewAPI),
		fx.Supply(grpcservice.Config{Addr: os.Getenv("GRPC_ADDR"), Reflection: true}), grpcservice.Module(),
		fx.Provide(fx.Annotate(NewStatus, fx.ResultTags(`group:"grpc"`))),
		fx.Supply(cronservice.Config{}), cronservice.Module(),
		fx.Provide(fx.Annotate(NewCleanup, fx.ResultTags(`group:"cron"`))),

		fxservices.Admin(admin.Addr(cmp.Or(os.Getenv("ADMIN_ADDR"), admin.DefaultAddr))), // probes
		fxservices.Timeline(), // the page at /services
		promservice.Module(),  // /metrics
		fxservices.Module(fxservices.StopTimeout(2*time.Second), fxservices.WithRunner(runner.WithGracePeriod(30*time.Second))),
	)
}

func database(data string) fx.Option {
	config := sqlservice.Config{Name: "database", Driver: "pgx", DSN: os.Getenv("DATABASE_URL")}
	if config.DSN == "" { // SQLite has one writer
		config.Driver, config.DSN, config.MaxOpen = "sqlite", "file:"+filepath.Join(data, "shop.db"), 1
	}
	return fx.Options(fx.Supply(config), sqlservice.Module(retrier.New()))
}

func queue(data string) fx.Option { // in production, fx.Supply the Config of a server of its own
	embedded := func() (*natsservice.Embedded, error) {
		return natsservice.NewEmbedded(natsservice.EmbeddedConfig{Dir: data})
	}
	config := func(server *natsservice.Embedded) natsservice.Config {
		return natsservice.Config{Name: "queue", URL: server.URL(), Stream: stream, Durable: "shipping", AckWait: 2 * time.Second}
	}
	return fx.Options(fxservices.Provide(embedded), fx.Provide(config), natsservice.Module(retrier.New()))
}

func cache() fx.Option {
	if url := os.Getenv("REDIS_URL"); url != "" {
		return fx.Options(fx.Supply(redisservice.Config{Name: "cache", URL: url}), redisservice.Module(retrier.New()))
	}
	return fx.Options()
}

// newAnnouncement returns an Observer that says what to try.
func newAnnouncement(api *API, rpc *grpcservice.Server, ops *admin.Server) observers.Funcs {
	return observers.Funcs{OnStateChanged: func(_ context.Context, state runner.State) {
		if state == runner.StateReady {
			fmt.Printf("\nTry:\n  curl -d book http://%[1]s/orders\n  curl http://%[1]s/orders/1\n  grpcurl -plaintext %[2]s list\n"+
				"  %[3]s/services\n\nPress Ctrl-C to stop it.\n\n", api.Addr(), rpc.Addr(), ops.URL())
		}
	}}
}
