// Plain runs an HTTP server until a signal, by hand.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/go-fxservices/services/internal/testing/bench/process/web"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	server := web.New()
	l, err := web.Listen()
	if err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() { served <- web.Serve(server, l) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	within, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	if err := server.Shutdown(within); err != nil {
		return err
	}
	return <-served
}
