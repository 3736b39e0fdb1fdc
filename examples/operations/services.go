package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/go-fxservices/services/httpserver"
	"github.com/go-fxservices/services/httpserver/admin"
	"github.com/go-fxservices/services/runner"
)

// Database pretends to be one that takes a while to connect.
type Database struct{ runner.Resource }

// NewDatabase returns a Database that is not connected yet.
func NewDatabase() *Database {
	return &Database{runner.NewResource("database", takes(300*time.Millisecond), takes(20*time.Millisecond))}
}

// IsReady asks the database, as a ping would.
func (*Database) IsReady(ctx context.Context) error { return takes(time.Millisecond)(ctx) }

// IsHealthy asks it, too.
func (*Database) IsHealthy(ctx context.Context) error { return takes(time.Millisecond)(ctx) }

// Cache pretends to be one, too.
type Cache struct{ runner.Resource }

// NewCache returns a Cache that is not connected yet.
func NewCache() *Cache {
	return &Cache{runner.NewResource("cache", takes(100*time.Millisecond), takes(10*time.Millisecond))}
}

// Cleanup is a Job that goes on until the program ends.
type Cleanup struct{ runner.Job }

// NewCleanup returns the Job that removes what is old from the database.
func NewCleanup(*Database) *Cleanup {
	return &Cleanup{runner.NewJob("cleanup", func(ctx context.Context) error {
		for ticks := time.Tick(time.Minute); ; {
			select {
			case <-ticks: // there is nothing to remove
			case <-ctx.Done():
				return nil
			}
		}
	})}
}

// API serves requests, which take a moment.
type API struct{ *httpserver.Server }

// NewAPI returns the server of the API.
func NewAPI(*Database, *Cache) *API {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if takes(20*time.Millisecond)(r.Context()) == nil {
			_, _ = io.WriteString(w, "hello\n")
		}
	})
	return &API{httpserver.New(handler, httpserver.Name("api"), httpserver.Addr(cmp.Or(os.Getenv("ADDR"), "127.0.0.1:8080")))}
}

// takes returns a step that lasts d, and ends earlier with its context.
func takes(d time.Duration) func(context.Context) error {
	return func(ctx context.Context) error {
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func announce(ops *admin.Server, api *API) func(context.Context, runner.State) {
	return func(_ context.Context, state runner.State) {
		if state != runner.StateReady {
			fmt.Println(state)
			return
		}
		fmt.Printf("ready\n\n  API      http://%s\n", api.Addr())
		for _, page := range []struct{ what, path string }{
			{"page", "/services"}, {"metrics", "/metrics"}, {"probes", "/livez /startupz /readyz /healthz"}, {"pprof", "/debug/pprof/"},
		} {
			fmt.Printf("  %-8s %s%s\n", page.what, ops.URL(), page.path)
		}
		fmt.Print("\nPress Ctrl-C, and watch the page.\n")
	}
}
