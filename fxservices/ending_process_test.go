package fxservices_test

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// An ending program has two servers, the first of which does two things one after the other that end the application:
// "ending early shutdown 20, fail". Early: as soon as it listens; late: once everything is up.
const endingProgram = "ending "

// endingOptions returns the options of an ending program.
func endingOptions(name string) fx.Option {
	when, script, _ := strings.Cut(strings.TrimPrefix(name, endingProgram), " ")
	fails := make(chan struct{})
	newAPI := func(j *journal, down fx.Shutdowner, r *runner.Runner) *API {
		return &API{j.Server("api", func(ctx context.Context) error {
			if when == "late" {
				<-r.Ready()
			}
			for _, act := range strings.Split(script, ", ") {
				if err := endBy(act, down, r, fails); err != nil {
					return err
				}
			}
			return untilEnd(ctx)
		})}
	}
	newOther := func(j *journal) *Admin {
		return &Admin{j.Server("admin", func(ctx context.Context) error {
			select {
			case <-fails:
				return errBoom
			case <-ctx.Done():
				return nil
			}
		})}
	}
	return fxservices.Provide(newAPI, newOther)
}

// endBy does one thing that ends the application, and returns once that has taken effect. The error is what Listen returns.
func endBy(act string, down fx.Shutdowner, r *runner.Runner, fails chan<- struct{}) error {
	switch act {
	case "fail":
		return errBoom
	case "other fails":
		close(fails)
		for r.State() == runner.StateReady || r.State() == runner.StateStarting {
			time.Sleep(time.Millisecond)
		}
		return nil
	case "signal":
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, syscall.SIGTERM)
		if self, err := os.FindProcess(os.Getpid()); err != nil || self.Signal(syscall.SIGTERM) != nil {
			return errors.New("no signal can be sent")
		}
		<-signals
		for r.State() == runner.StateReady {
			time.Sleep(time.Millisecond)
		}
		return nil
	case "shutdown":
		return down.Shutdown()
	case "shutdown 0":
		return down.Shutdown(fx.ExitCode(0))
	default:
		return down.Shutdown(fx.ExitCode(20))
	}
}

// TestEndings has two ends in every order. Errors are those of Run; plain fx exits with 1 for each of them.
func TestEndings(t *testing.T) {
	const failed, both = `listen "api": boom`, `listen "admin": boom` + "\n" + `listen "api": boom`
	type end struct {
		code int
		err  string
	}
	late := map[string]end{
		"shutdown":                 {0, "<nil>"},
		"shutdown 20":              {20, "shut down with exit code 20"},
		"signal":                   {0, "<nil>"},
		"fail":                     {1, failed},
		"shutdown 20, shutdown":    {20, "shut down with exit code 20"},
		"shutdown 20, shutdown 0":  {20, "shut down with exit code 20"},
		"shutdown 20, signal":      {20, "shut down with exit code 20"},
		"shutdown 20, fail":        {20, "shut down with exit code 20\n" + failed},
		"shutdown, shutdown 20":    {0, "<nil>"},
		"shutdown, signal":         {0, "<nil>"},
		"shutdown, fail":           {1, failed},
		"shutdown 0, shutdown 20":  {0, "<nil>"},
		"shutdown 0, fail":         {0, "shut down with exit code 0\n" + failed},
		"signal, shutdown 20":      {0, "<nil>"},
		"signal, shutdown":         {0, "<nil>"},
		"signal, fail":             {1, failed},
		"other fails, shutdown 20": {1, `listen "admin": boom`},
		"other fails, shutdown 0":  {1, `listen "admin": boom`},
		"other fails, signal":      {1, `listen "admin": boom`},
		"other fails, fail":        {1, both},
	}
	play := func(t *testing.T, program string, want end) {
		t.Run(program, func(t *testing.T) {
			for way, code := range map[string]int{"run": want.code, "fx": plainCode(want.code, want.err)} {
				if strings.HasPrefix(program, "early") {
					t.Setenv("GOMAXPROCS", "1") // where what is quick comes before everything else
				}
				p := begin(t, way+" "+endingProgram+program)
				printed, exited := p.end()
				require.Equal(t, code, exited, "%s: %s\n%s", way, printed, p.stderr.String())
				if way == "run" {
					_, result, _ := strings.Cut(printed, "result: ")
					require.Equal(t, strings.ReplaceAll(want.err, "\n", ", "), result)
				}
			}
		})
	}
	for script, want := range late {
		play(t, "late "+script, want)
	}
	for _, script := range []string{
		"fail", "shutdown 20", "shutdown 20, fail", "shutdown, fail", "other fails, fail", "other fails, shutdown 20",
	} {
		play(t, "early "+script, late[script])
	}
}

// plainCode returns the exit code of plain fx, which is 1 for every error of a stop.
func plainCode(code int, err string) int {
	if strings.Contains(err, "boom") {
		return 1
	}
	return code
}
