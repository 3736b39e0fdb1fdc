package fxservices_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// besides are the programs of the tests in beside_process_test.go. Each is run in
// three ways: "beside plain panicking" by fx.New(...).Run() without Module,
// "beside fx panicking" by the same with Module, "beside run panicking" by
// fxservices.Run. The channel is closed at the end of the input of the process.
var besides = map[string]func(*journal, <-chan struct{}) []runner.Service{
	"starting": func(j *journal, _ <-chan struct{}) []runner.Service {
		return []runner.Service{j.Resource("db"), j.Resource("cache", waits)}
	},
	"panicking": func(j *journal, _ <-chan struct{}) []runner.Service {
		return []runner.Service{j.Resource("db"), j.Resource("cache", oops)}
	},
	"failing": func(j *journal, _ <-chan struct{}) []runner.Service {
		return []runner.Service{j.Resource("db"), quitting(j)}
	},
	"stopping": func(j *journal, input <-chan struct{}) []runner.Service {
		return []runner.Service{j.Resource("db"), patient(j, input)}
	},
}

func oops(context.Context) error { panic("oops") }

// quitting is a server that fails after a SIGQUIT.
func quitting(j *journal) runner.Server {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGQUIT)
	return j.Server("api", func(context.Context) error {
		<-signals
		j.Note("failure of api")
		return errBoom
	})
}

// patient is a Resource whose stop sees one more SIGINT, and then lasts until it
// is cut short or the input ends.
func patient(j *journal, input <-chan struct{}) runner.Resource {
	return runner.NewResource("cache", j.Step("start cache"), func(ctx context.Context) error {
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, os.Interrupt)
		j.Note("stop cache")
		<-signals
		j.Note("second Ctrl-C")
		select {
		case <-ctx.Done():
			j.Note("cut short")
			return ctx.Err()
		case <-input:
			j.Note("not cut short")
			return nil
		}
	})
}

// init plays a program if this is the process of one.
func init() {
	if program, ok := strings.CutPrefix(os.Getenv(programKey), "beside "); ok {
		os.Exit(playBeside(program))
	}
}

func playBeside(program string) int {
	way, name, _ := strings.Cut(program, " ")
	j, input := newEcho(), make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(input)
	}()
	services := besides[name](j, input)
	var app *fx.App
	ready := fx.Invoke(func(lc fx.Lifecycle, down fx.Shutdowner) {
		lc.Append(fx.StartHook(func() {
			if app != nil {
				app.Done() // from here on fx receives signals: before, one would end the process
			}
			j.Note("ready")
			go func() {
				<-input
				_ = down.Shutdown()
			}()
		}))
	})
	switch way {
	case "plain":
		app = fx.New(inHooks(services...), ready)
	case "fx":
		app = fx.New(fxservices.Module(), managed(services...), ready)
	default:
		return report(fxservices.Run(context.Background(), fxservices.Module(), managed(services...), ready))
	}
	app.Run() // exits itself, but for code 0
	return 0
}

// report prints the result of Run, and whether it has the stack of a panic of the
// program.
func report(err error) int {
	fmt.Println("result:", err)
	if panicked := (*runner.PanicError)(nil); errors.As(err, &panicked) {
		fmt.Println("stack:", strings.Contains(string(panicked.Stack), "fxservices_test.oops("))
	}
	return fxservices.ExitCode(err)
}
