package runner_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing/synctest"
	"time"

	"github.com/go-fxservices/services/runner"
)

// machine plays a plan, in a bubble.
type machine struct {
	*record
	plan     plan
	runner   *runner.Runner
	services []runner.Service
	unruly   *unruly
	signals  *machineSignals
	release  chan struct{} // ends everything that lasts for ever

	sequential int // where in the record the Finishes begin that nothing runs beside
}

func newMachine(p plan) *machine {
	m := &machine{record: newRecord(), plan: p, release: make(chan struct{})}
	m.unruly = &unruly{plan: p.Unruly, release: m.release}
	m.signals = &machineSignals{record: m.record}
	opts := []runner.StarterOption{
		runner.WithStopTimeout(p.StopTimeout),
		runner.WithConcurrency(p.Concurrency),
		runner.WithDrainDelay(p.Drain),
		runner.WithGracePeriod(p.Period),
		runner.WithListenerBuilder(m.signals.listen),
	}
	for _, o := range m.observers() {
		opts = append(opts, runner.WithObserver(o))
	}
	if p.KeepGoing {
		opts = append(opts, runner.WithContinueOnStopError())
	}
	m.runner = runner.NewRunner(opts...)
	for i := range p.Services {
		m.services = append(m.services, m.newService(i))
	}
	return m
}

func (m *machine) observers() []runner.Observer {
	switch {
	case m.plan.Unruly.Every == 0:
		return []runner.Observer{m.record}
	case m.plan.Unruly.First:
		return []runner.Observer{m.unruly, m.record}
	default:
		return []runner.Observer{m.record, m.unruly}
	}
}

// play plays the plan, finishes, and returns what is wrong with what happened.
func (m *machine) play(ctx context.Context) (wrong []string) {
	acts := m.begin(ctx)
	time.Sleep(lastAct + time.Millisecond)
	if all := m.snapshot(); isQuiet(all) {
		m.sequential = len(all)
	}
	m.perform(ctx, actPlan{What: "finish"})
	acts.Wait()
	if m.sequential == 0 {
		m.sequential = len(m.snapshot())
	}
	m.finishAll(ctx)
	synctest.Wait()
	wrong = append(m.leftInside(), m.leftOver()...)
	close(m.release)
	time.Sleep(time.Minute) // what was stuck goes on
	m.finishAll(ctx)
	if m.plan.Again {
		m.perform(ctx, m.everythingAgain())
		m.finishAll(ctx)
	}
	time.Sleep(time.Second)                 // an Observer that was slow comes back
	m.perform(ctx, actPlan{What: "finish"}) // returns the errors of Observers since
	return append(wrong, m.check()...)
}

// begin lets the acts begin. Each has a goroutine of its own.
func (m *machine) begin(ctx context.Context) *sync.WaitGroup {
	var acts sync.WaitGroup
	var before chan struct{}
	for _, act := range m.plan.Acts {
		first, over := before, make(chan struct{})
		acts.Go(func() {
			defer close(over)
			time.Sleep(act.At)
			if act.Behind {
				await(first)
			}
			m.perform(ctx, act)
		})
		before = over
	}
	return &acts
}

// everythingAgain starts each service.
func (m *machine) everythingAgain() actPlan {
	act := actPlan{What: "start", Limit: 10 * time.Second}
	for s := range m.services {
		act.Services = append(act.Services, s)
	}
	return act
}

// finishAll finishes until nothing is left to stop: each stop may fail thrice.
func (m *machine) finishAll(ctx context.Context) {
	for range 2 + 3*len(m.services) {
		if m.isDown() {
			return
		}
		m.perform(ctx, actPlan{What: "finish"})
	}
}

// isDown reports whether a Finish has nothing to do.
func (m *machine) isDown() bool {
	if state := m.runner.State(); state != runner.StateStopped && state != runner.StateIdle {
		return false
	}
	return !slices.ContainsFunc(m.runner.Services(), func(s runner.Status) bool { return s.State != runner.ServiceAbandoned })
}

// isQuiet reports whether no call of the Runner is under way.
func isQuiet(all []happening) bool {
	under := 0
	for _, h := range all {
		switch h.what {
		case "call":
			under++
		case "return":
			under--
		}
	}
	return under == 0
}

// await returns when the act before has ended, or when that takes too long. A nil
// channel is that of no act.
func await(before <-chan struct{}) {
	if before == nil {
		return
	}
	timer := time.NewTimer(behindBy)
	defer timer.Stop()
	select {
	case <-before:
	case <-timer.C:
	}
}

// perform makes one call of the Runner.
func (m *machine) perform(ctx context.Context, act actPlan) {
	if act.What == "signal" {
		m.signals.send()
		return
	}
	var services []runner.Service
	for _, i := range act.Services {
		s := m.services[i]
		if act.Rewrap {
			s = runner.With(s)
		}
		services = append(services, s)
	}
	id := m.called(act, m.runner.Services())
	ctx, cancel := m.context(ctx, id, act)
	defer cancel()
	ctx = context.WithValue(ctx, callKey{}, id)
	var err error
	switch act.What {
	case "run":
		err = m.runner.Run(ctx, services...)
	case "start":
		err = m.runner.Start(ctx, services...)
	case "stop":
		err = m.runner.Stop(ctx, services...)
	case "finish":
		err = m.runner.Finish(ctx)
	case "wait":
		err = m.runner.Wait(ctx)
	case "shutdown":
		m.runner.Shutdown(causes[act.Cause])
	default:
		panic(errors.New("no act: " + act.What))
	}
	m.add(happening{what: "return", name: act.What, id: id, err: err, act: act, thrown: m.unruly.count()})
}
