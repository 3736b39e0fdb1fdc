// Timeline shows where the time of a start goes. It starts a shop of ten services
// that only pretend, at the same time where they do not depend on each other, says
// what took how long and why, and stops.
//
//	go run ./timeline start.svg start.trace.json
//
// It writes the same to each file that you name: an SVG for browsers, a trace for
// ui.perfetto.dev, or any other format of draw.WriteFile. With -serve it goes on until
// SIGINT or SIGTERM.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/runner"
)

func main() {
	serve := flag.Bool("serve", false, "go on until SIGINT or SIGTERM")
	flag.Parse()
	err := run(context.Background(), os.Stdout, *serve, flag.Args()...)
	if err != nil {
		fmt.Fprintln(os.Stderr, "timeline:", err)
	}
	os.Exit(fxservices.ExitCode(err))
}

func run(ctx context.Context, out io.Writer, serve bool, files ...string) error {
	return fxservices.Run(ctx,
		fxservices.Timeline(files...), // first: its time begins here
		fx.NopLogger,                  // the timeline tells what happens
		shop(),
		fxservices.Observe(func(tl *timeline.Timeline, order *fxservices.Order, down fx.Shutdowner) runner.Observer {
			return whenReady(func() {
				_ = tl.Snapshot().WriteText(out)
				fmt.Fprintf(out, "\n%v", order)
				if !serve {
					_ = down.Shutdown()
				}
			})
		}),
		fxservices.Module(fxservices.Concurrent()),
	)
}

// whenReady calls do once all services are ready.
func whenReady(do func()) runner.Observer {
	return observers.Funcs{OnStateChanged: func(_ context.Context, state runner.State) {
		if state == runner.StateReady {
			do()
		}
	}}
}
