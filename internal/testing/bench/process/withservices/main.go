// Withservices runs an HTTP server until a signal, with fxservices.
package main

import (
	"context"
	"log"
	"net/http"
	"os"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/internal/testing/bench/process/web"
)

// api is a runner.Server.
type api struct{ server *http.Server }

func main() {
	err := fxservices.Run(context.Background(),
		fx.NopLogger,
		fxservices.Provide(newAPI),
		fxservices.Module(),
	)
	if err != nil {
		log.Print(err)
	}
	os.Exit(fxservices.ExitCode(err))
}

func newAPI() *api { return &api{web.New()} }

// Name returns the name of the service.
func (*api) Name() string { return "api" }

// Listen serves until Close.
func (a *api) Listen(context.Context) error {
	l, err := web.Listen()
	if err != nil {
		return err
	}
	return web.Serve(a.server, l)
}

// Close shuts the server down.
func (a *api) Close(ctx context.Context) error { return a.server.Shutdown(ctx) }
