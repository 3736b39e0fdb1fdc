// Plainfx runs an HTTP server until a signal, with fx and a hook.
package main

import (
	"context"
	"log"
	"net/http"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/testing/bench/process/web"
)

func main() {
	fx.New(
		fx.NopLogger,
		fx.Provide(newServer),
		fx.Invoke(func(*http.Server) {}),
	).Run()
}

func newServer(lc fx.Lifecycle, shutdowner fx.Shutdowner) *http.Server {
	server := web.New()
	lc.Append(fx.Hook{
		OnStart: func(context.Context) error {
			l, err := web.Listen()
			if err != nil {
				return err
			}
			go func() {
				if err := web.Serve(server, l); err != nil {
					log.Print(err)
					_ = shutdowner.Shutdown(fx.ExitCode(1))
				}
			}()
			return nil
		},
		OnStop: server.Shutdown,
	})
	return server
}
