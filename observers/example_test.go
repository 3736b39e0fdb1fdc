package observers_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"go.uber.org/zap"

	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

func ExampleNewZap() {
	logger := zap.NewExample()
	r := runner.NewRunner(runner.WithObserver(observers.NewZap(logger)))

	broker := runner.NewResource("broker", func(context.Context) error {
		return errors.New("connection refused")
	}, nil)
	_ = r.Run(context.Background(), broker)
	_ = r.Finish(context.Background())
	// Durations differ, so there is no output to compare:
	// {"level":"info","msg":"service starting","service":"broker","kind":"resource"}
	// {"level":"error","msg":"service start failed","service":"broker","kind":"resource",
	//  "duration":"12.3µs","error":"start \"broker\": connection refused"}
	// {"level":"info","msg":"application stopping","cause":"start \"broker\": connection refused"}
	// {"level":"info","msg":"application stopped","duration":"45.6µs"}
}

func ExampleNewSlog() {
	handler := slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey || a.Key == "duration" { // they differ
				return slog.Attr{}
			}
			return a
		},
	})
	r := runner.NewRunner(runner.WithObserver(observers.NewSlog(slog.New(handler))))

	_ = r.Run(context.Background(), runner.NewResource("db", nil, nil))
	_ = r.Finish(context.Background())
	// Output:
	// level=INFO msg="service starting" service=db kind=resource
	// level=INFO msg="service started" service=db kind=resource
	// level=INFO msg="application ready" services=1
	// level=INFO msg="application stopping"
	// level=INFO msg="service stopping" service=db kind=resource
	// level=INFO msg="service stopped" service=db kind=resource
	// level=INFO msg="application stopped"
}

func ExampleFuncs() {
	r := runner.NewRunner(runner.WithObserver(observers.Funcs{
		OnAfterStart: func(_ context.Context, s runner.Service, err error) {
			fmt.Println("started", s.Name(), err)
		},
		OnStateChanged: func(_ context.Context, state runner.State) { fmt.Println(state) },
	}))

	_ = r.Run(context.Background(), runner.NewResource("db", nil, nil))
	_ = r.Finish(context.Background())
	// Output:
	// starting
	// started db <nil>
	// ready
	// stopping
	// stopped
}
