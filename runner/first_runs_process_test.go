//go:build unix

package runner_test

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/go-fxservices/services/runner"
)

func init() { programs["firstRuns"] = playFirstRuns }

// playFirstRuns lets many first Starts begin together with one SIGTERM, and says
// how often Observers have heard of that at most.
func playFirstRuns() {
	guard := make(chan os.Signal, 1) // the signal may come before any of them listens
	signal.Notify(guard, syscall.SIGTERM)
	most := int64(0)
	for range 300 {
		var heard atomic.Int64
		r := runner.NewRunner(runner.WithObserver(&told{signal: func() { heard.Add(1) }}))
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				if i == 4 {
					terminateItself()
				}
				_ = r.Start(context.Background(), runner.NewResource("db", nil, nil))
			})
		}
		all.Wait()
		<-guard
		_ = r.Finish(context.Background())
		most = max(most, heard.Load())
	}
	say("signals of one: %d", most)
}

func TestFirstRunsOfProcess(t *testing.T) {
	t.Run("hear of a signal once", func(t *testing.T) {
		p := launch(t, "firstRuns")
		p.says("signals of one: 1")
		p.exits()
	})
}
