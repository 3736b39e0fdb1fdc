// Plain counts visits, without dependency injection: a Runner, the standard
// library, and the services in the order they depend on each other.
//
//	go run ./plain
//	curl http://127.0.0.1:8080/
//
// ADDR is the address to listen on, VISITS the file that keeps the count.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/go-fxservices/services/httpserver"
	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "plain:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	visits := NewVisits(cmp.Or(os.Getenv("VISITS"), "visits.txt"))
	server := httpserver.New(visits, httpserver.Addr(os.Getenv("ADDR")))

	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	tellAddr := func(_ context.Context, s runner.Service, err error) {
		if s == server && err == nil {
			log.Info("listening", "addr", server.Addr())
		}
	}
	r := runner.NewRunner(
		runner.WithObserver(observers.NewSlog(log)),
		runner.WithObserver(observers.Funcs{OnAfterStart: tellAddr}),
	)
	defer func() { err = errors.Join(err, r.Finish(ctx)) }() // stops the resources, newest first

	if err := r.Run(ctx, visits); err != nil { // returns once they are started
		return err
	}
	return r.Run(ctx, server) // returns when a signal has come and the server is closed
}
