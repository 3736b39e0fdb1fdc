//go:build unix

package runner_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/go-fxservices/services/runner"
)

// programs are what the test binary plays when it is started by a test of real
// signals. They say what happens on standard output, a line each.
var programs = map[string]func(){
	"starting":   func() { playStarting() },
	"serving":    func() { playServing() },
	"closing":    func() { playClosing() },
	"stopping":   func() { playStopping() },
	"stuck":      func() { playStopping(runner.WithObserver(&told{afterStop: func() { select {} }})) },
	"between":    playBetween,
	"finished":   playFinished,
	"two":        playTwo,
	"dumping":    playDumping,
	"none":       func() { playServing(runner.WithSignals()) },
	"hup":        func() { playServing(runner.WithSignals(syscall.SIGHUP, syscall.SIGUSR1)) },
	"hupAndTerm": func() { playServing(runner.WithSignals(syscall.SIGHUP, syscall.SIGTERM)) },
	"onlyHup":    func() { playServing(runner.WithSignals(syscall.SIGHUP)) },
}

func say(format string, args ...any) { fmt.Printf(format+"\n", args...) }

// sayResult tells what a method of the Runner returned, in short.
func sayResult(method string, err error) {
	var signaled *runner.SignalError
	switch {
	case err == nil:
		say("%s: nil", method)
	case errors.As(err, &signaled):
		say("%s: SignalError of %v", method, signaled.Signal)
	default:
		say("%s: %v", method, err)
	}
}

func says(line string, then ...call) call {
	return func(ctx context.Context) error {
		say("%s", line)
		for _, do := range then {
			if err := do(ctx); err != nil {
				return err
			}
		}
		return nil
	}
}

// sayer is an Observer of signals, and says when the Runner is up: before that, a
// signal ends a start.
type sayer struct{ nobody }

func (sayer) StateChanged(_ context.Context, state runner.State) {
	if state == runner.StateReady {
		say("up")
	}
}

func (sayer) SignalReceived(sig os.Signal) { say("signal %v", sig) }

func newSayingRunner(opts ...runner.StarterOption) *runner.Runner {
	return runner.NewRunner(append([]runner.StarterOption{runner.WithObserver(sayer{})}, opts...)...)
}

func play(r *runner.Runner, services ...runner.Service) {
	sayResult("run", r.Run(context.Background(), services...))
	sayResult("finish", r.Finish(context.Background()))
}

func playStarting() {
	play(newSayingRunner(), runner.NewResource("db", nil, says("stop db")), runner.NewResource("slow", says("starting", waits), nil))
}

func playServing(opts ...runner.StarterOption) {
	play(newSayingRunner(opts...), runner.NewResource("db", nil, says("stop db")), runner.NewServer("api", waits, says("close api")))
}

// playDumping is up once its server listens.
func playDumping() {
	listening := make(chan struct{})
	api := runner.NewServer("api", func(ctx context.Context) error {
		close(listening)
		return waits(ctx)
	}, says("close api"))
	play(newSayingRunner(runner.WithDump(os.Stdout)), runner.NewResource("db", nil, says("stop db")), checked(api, until(listening)))
}

func playClosing() {
	play(newSayingRunner(), runner.NewResource("db", nil, says("stop db")),
		runner.NewServer("api", waits, says("closing", waits)))
}

// playStopping is at once in Finish, and there until its context ends.
func playStopping(opts ...runner.StarterOption) {
	play(newSayingRunner(opts...),
		runner.NewResource("db", nil, says("stop db")), runner.NewResource("slow", nil, says("stopping", untilEnd)))
}

func playBetween() {
	r := newSayingRunner()
	sayResult("run", r.Run(context.Background(), runner.NewResource("db", nil, says("stop db"))))
	sayResult("wait", r.Wait(context.Background()))
	play(r, runner.NewServer("api", says("unexpected"), nil))
}

func playFinished() {
	play(newSayingRunner(), runner.NewResource("db", nil, nil))
	say("finished")
	<-time.After(time.Hour) // longer than any test lasts
}

// playTwo has two Runners that serve, and one that has finished.
func playTwo() {
	finished, metrics := newSayingRunner(), newSayingRunner()
	sayResult("run", finished.Run(context.Background(), runner.NewResource("db", nil, nil)))
	sayResult("start metrics", metrics.Start(context.Background(), runner.NewServer("metrics", waits, says("close metrics"))))
	sayResult("finish", finished.Finish(context.Background()))
	play(newSayingRunner(), runner.NewServer("api", waits, says("close api")))
	sayResult("wait for metrics", metrics.Wait(context.Background()))
	sayResult("finish metrics", metrics.Finish(context.Background()))
}
