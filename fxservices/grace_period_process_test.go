package fxservices_test

import (
	"context"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	shared "github.com/go-fxservices/services/internal/testing/journal"
	"github.com/go-fxservices/services/runner"
)

// killedAfter is the grace period of the programs, and when the tests kill them, as a platform does.
const killedAfter = 2 * time.Second

// expiring are the ways in which programs end whose services, hooks and Observers never stop.
var expiring = map[string]fx.Option{
	"expiring with a signal": fx.Options(),
	"expiring with a failing server": fxservices.Provide(func(j *journal) *Admin {
		hangup := hangups()
		return &Admin{j.Server("admin", func(context.Context) error { <-hangup; return errBoom })}
	}),
	"expiring with the Shutdowner": fx.Invoke(func(down fx.Shutdowner) {
		hangup := hangups()
		go func() {
			<-hangup
			_ = down.Shutdown(fx.ExitCode(3))
		}()
	}),
}

// hangups receives the signal by which the tests tell a program to end.
func hangups() <-chan os.Signal {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, alarm)
	return hangup
}

func init() {
	for name, end := range expiring {
		programs[name] = fx.Options(stuckParts(forever), end, fxservices.Observe(newStuckAtStops))
		moduleOptions[name] = []fxservices.Option{
			fxservices.WithRunner(runner.WithGracePeriod(killedAfter)), fxservices.StopTimeout(0), fxservices.DrainDelay(300 * time.Millisecond),
		}
	}
}

func forever(context.Context) error { select {} }

// stuckAtStops is an Observer that blocks whenever something stops.
type stuckAtStops struct{ shared.Silent }

func newStuckAtStops() *stuckAtStops { return &stuckAtStops{} }

func (*stuckAtStops) BeforeStop(context.Context, runner.Service) { select {} }

func TestGracePeriodOfProcesses(t *testing.T) {
	processes := map[string]*process{} // which run at the same time
	for name := range expiring {
		for _, way := range []string{"fx ", "run "} {
			processes[way+name] = begin(t, way+name).await("ready")
		}
	}
	for program, p := range processes {
		end := alarm
		if strings.HasSuffix(program, "with a signal") {
			end = syscall.SIGTERM
		}
		p.signal(end)
		kill := time.AfterFunc(killedAfter, func() { _ = p.cmd.Process.Kill() })
		defer kill.Stop()
	}
	for program, p := range processes {
		_, code := p.end()
		t.Run("ends in time: "+program, func(t *testing.T) {
			require.NotEqual(t, -1, code, "it was killed after %q", p.lines)
			require.Subset(t, p.lines, []string{"draining", "stopping", "close api", "stop cache", "stop hook", "stop db", "stopped"})
			said := p.stderr.String() + p.lines[len(p.lines)-1]
			for _, stuck := range []string{`"api": `, `stop "hook `, `"db": `, "observer *fxservices_test.stuckAtStops"} {
				require.Contains(t, said, stuck)
			}
		})
	}
}
