//go:build unix

package runner_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// killedAfter is the grace period of the programs, and when the tests kill them, as a platform does.
const killedAfter = 2 * time.Second

// combination is what goes wrong in a shutdown.
type combination struct{ drain, server, job, resource, observer, again bool }

// combinations are all there are, by the names of their programs.
var combinations = func() map[string]combination {
	all := map[string]combination{}
	for bits := range 1 << 6 {
		has := func(i int) bool { return bits>>i&1 == 1 }
		c := combination{has(0), has(1), has(2), has(3), has(4), has(5)}
		all["ends in time: "+c.String()] = c
	}
	return all
}()

func (c combination) String() string {
	var parts []string
	for _, part := range []struct {
		has  bool
		name string
	}{
		{c.drain, "a long drain"}, {c.server, "a stuck server"}, {c.job, "a stuck job"}, {c.resource, "a stuck resource"},
		{c.observer, "a stuck observer"}, {c.again, "a second Finish"},
	} {
		if part.has {
			parts = append(parts, part.name)
		}
	}
	return strings.Join(parts, ", ")
}

// stuckServices are the names of those that do not stop.
func (c combination) stuckServices() (names []string) {
	for name, stuck := range map[string]bool{"api": c.server, "import": c.job, "db": c.resource} {
		if stuck {
			names = append(names, name)
		}
	}
	return names
}

func init() {
	for name, c := range combinations {
		programs[name] = c.play
	}
}

// play ends at a signal.
func (c combination) play() {
	block := func(stuck bool) call {
		return func(ctx context.Context) error {
			if stuck {
				select {}
			}
			return untilEnd(ctx)
		}
	}
	atOnce := func(stuck bool) call {
		if stuck {
			return block(true)
		}
		return fails(nil)
	}
	opts := []runner.StarterOption{runner.WithGracePeriod(killedAfter), runner.WithStopTimeout(0)}
	if c.drain {
		opts = append(opts, runner.WithDrainDelay(time.Minute))
	}
	if c.observer {
		opts = append(opts, runner.WithObserver(&stuckAtTheEnd{}))
	}
	r := newSayingRunner(append(opts, runner.WithObserver(stopSayer{}))...)
	failing := c.again
	sayResult("run", r.Run(context.Background(),
		runner.NewResource("db", nil, atOnce(c.resource)),
		runner.NewResource("bad", nil, func(context.Context) error {
			if failing {
				failing = false
				return errBoom
			}
			return nil
		}),
		runner.NewResource("cache", nil, nil)))
	_ = r.Run(context.Background(),
		runner.NewServer("api", untilEnd, atOnce(c.server)),
		(&journal{}).job("import", block(c.job)),
		runner.NewServer("web", untilEnd, nil))
	_ = r.Finish(context.Background())
	if c.again {
		_ = r.Finish(context.Background())
	}
	say("over")
}

// stopSayer says which services stop, and which have not.
type stopSayer struct{ nobody }

func (stopSayer) BeforeStop(_ context.Context, s runner.Service) { say("stopping %s", s.Name()) }

func (stopSayer) AfterStop(_ context.Context, s runner.Service, err error) {
	if err != nil {
		say("not stopped: %v", err)
	}
}

// stuckAtTheEnd is an Observer that blocks in every event once the end has come.
type stuckAtTheEnd struct{ blocker }

func (s *stuckAtTheEnd) StateChanged(_ context.Context, state runner.State) {
	if state == runner.StateDraining || state == runner.StateStopping {
		s.armed.Store(true)
	}
	s.block()
}

func TestGracePeriodOfProcesses(t *testing.T) {
	names := make([]string, 0, len(combinations))
	for name := range combinations {
		names = append(names, name)
	}
	slices.Sort(names)
	for some := range slices.Chunk(names, 16) { // at the same time
		processes := make([]*process, len(some))
		for i, name := range some {
			processes[i] = launch(t, name)
			processes[i].says("up", "run: nil", "up")
		}
		for _, p := range processes {
			p.send(syscall.SIGTERM)
			kill := time.AfterFunc(killedAfter, func() { _ = p.cmd.Process.Kill() })
			defer kill.Stop()
		}
		for i, p := range processes {
			lines := p.rest()
			err := p.cmd.Wait()
			t.Run(some[i], func(t *testing.T) {
				require.NoError(t, err, "after %q", lines)
				requireNamed(t, lines, combinations[some[i]])
			})
		}
	}
}

// requireNamed requires that a program has told each service to stop, and has named those that did not.
func requireNamed(t *testing.T, lines []string, c combination) {
	t.Helper()
	require.Equal(t, "over", lines[len(lines)-1])
	for _, name := range []string{"api", "import", "web", "cache", "bad", "db"} {
		require.Contains(t, lines, "stopping "+name)
	}
	for _, name := range c.stuckServices() {
		require.True(t, slices.ContainsFunc(lines, func(line string) bool {
			return strings.HasPrefix(line, "not stopped: ") && strings.Contains(line, fmt.Sprintf("%q: grace period is over", name))
		}), "%s is not named in %q", name, lines)
	}
}
