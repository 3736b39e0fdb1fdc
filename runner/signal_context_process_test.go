//go:build unix

package runner_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

func init() { programs["notifyContext"] = playNotifyContext }

// notifyRounds is how often the program plays each way: by chance it might go well.
const notifyRounds = 100

// notifyWay is one way to use a context of signal.NotifyContext. It sends SIGTERM to
// its own process once, and reports whether all went as promised.
type notifyWay struct {
	name string
	play func(ctx context.Context, r *runner.Runner) bool
}

var notifyWays = []notifyWay{
	{"Run that serves", func(ctx context.Context, r *runner.Runner) bool {
		return r.Run(ctx, runner.NewServer("api", waits, nil)) == nil
	}},
	{"Run that starts", func(ctx context.Context, r *runner.Runner) bool {
		return isSignalError(r.Run(ctx, runner.NewServer("api", waits, nil), signalsAndWaits))
	}},
	{"Start", func(ctx context.Context, r *runner.Runner) bool {
		return isSignalError(r.Start(ctx, signalsAndWaits))
	}},
	{"Wait", func(ctx context.Context, r *runner.Runner) bool {
		started := r.Start(context.Background(), runner.NewServer("api", waits, nil))
		terminateItself()
		return started == nil && r.Wait(ctx) == nil
	}},
	{"Finish", func(ctx context.Context, r *runner.Runner) bool {
		db := runner.NewResource("db", nil, func(stop context.Context) error {
			_ = signalsAndWaits.Start(ctx) // for as long as the caller's context lasts
			return stopsInTime(stop)
		})
		return r.Run(context.Background(), db) == nil && r.Finish(ctx) == nil
	}},
	{"Run and Finish", func(ctx context.Context, r *runner.Runner) bool {
		db := runner.NewResource("db", nil, func(stop context.Context) error {
			<-ctx.Done()
			return stopsInTime(stop)
		})
		return r.Run(ctx, db, runner.NewServer("api", waits, nil)) == nil && r.Finish(ctx) == nil
	}},
}

var signalsAndWaits = runner.NewResource("slow", func(ctx context.Context) error {
	terminateItself()
	return waits(ctx)
}, nil)

// stopsInTime is a Stop that takes a moment, and fails if it is cut short.
func stopsInTime(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Millisecond):
		return nil
	}
}

func terminateItself() {
	if err := syscall.Kill(os.Getpid(), syscall.SIGTERM); err != nil {
		panic(err)
	}
}

func isSignalError(err error) bool {
	var signaled *runner.SignalError
	return errors.As(err, &signaled) && signaled.Signal == syscall.SIGTERM
}

// terminator sends SIGTERM to its own process once servers are up.
type terminator struct {
	nobody
	once sync.Once
}

func (o *terminator) StateChanged(_ context.Context, state runner.State) {
	if state == runner.StateReady {
		o.once.Do(terminateItself)
	}
}

func (w notifyWay) goesWell() bool {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	var observer runner.Observer
	if strings.HasPrefix(w.name, "Run") {
		observer = &terminator{}
	}
	r := runner.NewRunner(runner.WithObserver(observer))
	well := w.play(ctx, r)
	<-ctx.Done() // so that no signal is left for the next round
	return r.Finish(context.Background()) == nil && well
}

func playNotifyContext() {
	guard := make(chan os.Signal, 1) // a signal that comes late ends nothing
	signal.Notify(guard, syscall.SIGTERM)
	for _, procs := range []int{1, runtime.NumCPU()} {
		runtime.GOMAXPROCS(procs)
		for _, way := range notifyWays {
			well := 0
			for range notifyRounds {
				if way.goesWell() {
					well++
				}
			}
			say("%s: %d", way.name, well)
		}
	}
}

func TestSignalOfNotifyContext(t *testing.T) {
	t.Run("decides every time, whatever ctx says", func(t *testing.T) {
		var want []string
		for range 2 {
			for _, way := range notifyWays {
				want = append(want, fmt.Sprintf("%s: %d", way.name, notifyRounds))
			}
		}
		p := launch(t, "notifyContext")
		require.Equal(t, want, p.rest())
		p.exits()
	})
}
