// Quickstart is a link shortener: a JSON API on a database, wired by Uber fx.
//
//	go run ./quickstart
//	curl -d '{"url": "https://go.dev"}' http://127.0.0.1:8080/links
//
// The environment configures it:
//
//	ADDR          address to listen on (default 127.0.0.1:8080)
//	DATABASE_URL  sqlite:path, file:uri, or postgres://user:password@host:port/database
//	              (default sqlite:links.db, in the current folder)
//	TIMELINE      file for a picture or a trace of the start and the stop: links.svg,
//	              links.trace.json, or any other format of draw.WriteFile
//	              (default none)
//
// SIGINT or SIGTERM ends it: requests in flight are answered, the database is
// closed last, and the exit code is 0. It is 1 after a failure.
package main

import (
	"os"
	"time"

	"github.com/cenkalti/backoff/v4"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/retrier"
)

func main() {
	fxservices.Main(
		fx.NopLogger, // the services tell what happens
		fx.Provide(NewLogger, NewAPI),
		fxservices.Provide(NewStore, retrier.New().BackoffFunc(fewSeconds)),
		fxservices.Provide(NewServer),
		fxservices.Observe(observers.NewZap),
		record(os.Getenv("TIMELINE")),
		fxservices.Module(),
	)
}

// record writes a timeline to file, if there is one.
func record(file string) fx.Option {
	if file == "" {
		return fx.Options()
	}
	return fxservices.Timeline(file)
}

// fewSeconds is for a database that starts at the same time as this program. One
// that is not there by then is not coming.
func fewSeconds() backoff.BackOff {
	return backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(100*time.Millisecond),
		backoff.WithMaxInterval(time.Second),
		backoff.WithMaxElapsedTime(4*time.Second),
	)
}
