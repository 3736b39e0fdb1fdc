// Oklogrun runs an HTTP server until a signal, with github.com/oklog/run.
package main

import (
	"context"
	"errors"
	"log"
	"os"
	"syscall"
	"time"

	"github.com/oklog/run"

	"github.com/go-fxservices/services/internal/testing/bench/process/web"
)

func main() {
	server := web.New()
	var group run.Group
	group.Add(run.SignalHandler(context.Background(), os.Interrupt, syscall.SIGTERM))
	group.Add(func() error {
		l, err := web.Listen()
		if err != nil {
			return err
		}
		return web.Serve(server, l)
	}, func(error) {
		within, cancel := context.WithTimeout(context.Background(), 15*time.Second)
		defer cancel()
		_ = server.Shutdown(within)
	})
	if err := group.Run(); !errors.Is(err, run.ErrSignal) {
		log.Fatal(err)
	}
}
