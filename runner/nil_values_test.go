package runner_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/runner"
)

// pointed is an Observer with fields, which a nil pointer has not.
type pointed struct {
	nobody
	events []string
}

func (p *pointed) BeforeStart(context.Context, runner.Service) { p.events = append(p.events, "start") }
func (p *pointed) StateChanged(context.Context, runner.State)  { p.events = append(p.events, "state") }
func (p *pointed) ServicesQueued(context.Context, []runner.Service) {
	p.events = append(p.events, "queued")
}
func (p *pointed) ServerFailed(context.Context, runner.Server, error) {
	p.events = append(p.events, "failed")
}
func (p *pointed) BeforeReady(context.Context, runner.Service) { p.events = append(p.events, "ready") }
func (p *pointed) BeforeRetry(context.Context, runner.Service, int) {
	p.events = append(p.events, "retry")
}

// everyEvent is an Observer that is a function.
type everyEvent func(string)

func (f everyEvent) BeforeStart(context.Context, runner.Service)           { f("start") }
func (f everyEvent) AfterStart(context.Context, runner.Service, error)     { f("started") }
func (f everyEvent) BeforeStop(context.Context, runner.Service)            { f("stop") }
func (f everyEvent) AfterStop(context.Context, runner.Service, error)      { f("stopped") }
func (f everyEvent) BeforeLoad(context.Context, runner.Configurable)       { f("load") }
func (f everyEvent) AfterLoad(context.Context, runner.Configurable, error) { f("loaded") }
func (f everyEvent) SignalReceived(os.Signal)                              { f("signal") }

// counting is an Observer that is a map.
type counting map[string]int

func (c counting) BeforeStart(context.Context, runner.Service)           { c["start"]++ }
func (c counting) AfterStart(context.Context, runner.Service, error)     { c["started"]++ }
func (c counting) BeforeStop(context.Context, runner.Service)            { c["stop"]++ }
func (c counting) AfterStop(context.Context, runner.Service, error)      { c["stopped"]++ }
func (c counting) BeforeLoad(context.Context, runner.Configurable)       { c["load"]++ }
func (c counting) AfterLoad(context.Context, runner.Configurable, error) { c["loaded"]++ }
func (c counting) SignalReceived(os.Signal)                              { c["signal"]++ }

func TestNilObserverOfAType(t *testing.T) {
	for _, observer := range []runner.Observer{(*pointed)(nil), everyEvent(nil), counting(nil)} {
		for option, with := range map[string]func(runner.Observer) runner.StarterOption{
			"WithObserver": runner.WithObserver, "WithReporter": runner.WithReporter,
		} {
			guarded(t, fmt.Sprintf("is skipped by %s: %T", option, observer), func(t *testing.T) {
				var j journal
				signals := newFakeListener()
				r := newRunner(signals.option(), with(observer), runner.WithObserver(witness{&j}), with(observer))
				wait := running(t, r, loading(j.resource("db"), fails(nil)), runner.NewServer("api", untilEnd, nil))
				signals.terminate()
				require.NoError(t, wait())
				finish(t, r)
				require.Contains(t, j.all(), "after stop db")
			})
		}
	}
}

// channel is a Listener that is a channel.
type channel chan os.Signal

func (c channel) Receive() <-chan os.Signal { return c }
func (c channel) Stop()                     { close(c) }

func TestNilListenerOfAType(t *testing.T) {
	for _, listener := range []runner.Listener{(*fakeListener)(nil), channel(nil)} {
		guarded(t, fmt.Sprintf("means no signals: %T", listener), func(t *testing.T) {
			var j journal
			r := newRunner(runner.WithListenerBuilder(func() runner.Listener { return listener }))
			for range 2 {
				require.NoError(t, recovering(func() error { return r.Run(t.Context(), j.resource("db")) }))
				require.NoError(t, recovering(func() error { return r.Finish(t.Context()) }))
			}
			require.Equal(t, []string{"start db", "stop db", "start db", "stop db"}, j.all())
		})
	}
}
