package runner_test

import (
	"context"
	"os"
	"sync"
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
	release  chan struct{} // ends what lasts for ever

	sequential int // where in the record the Finishes begin that nothing runs beside

	listening sync.Mutex
	listeners []*fakeListener
}

func newMachine(p plan) *machine {
	m := &machine{record: newRecord(), plan: p, unruly: &unruly{plan: p.Unruly}, release: make(chan struct{})}
	opts := []runner.StarterOption{
		runner.WithStopTimeout(p.StopTimeout),
		runner.WithConcurrency(p.Concurrency),
		runner.WithDrainDelay(p.Drain),
		runner.WithListenerBuilder(m.newListener),
	}
	for _, o := range m.observers() {
		opts = append(opts, runner.WithObserver(o))
	}
	if p.KeepGoing {
		opts = append(opts, runner.WithContinueOnStopError())
	}
	m.runner = runner.NewRunner(opts...)
	for i, s := range p.Services {
		m.services = append(m.services, m.newService(serviceName(i), s))
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

func (m *machine) newListener() runner.Listener {
	m.listening.Lock()
	defer m.listening.Unlock()
	l := &fakeListener{signals: make(chan os.Signal, 2)}
	m.listeners = append(m.listeners, l)
	return l
}

// signal sends a signal to all who listen, as the system does.
func (m *machine) signal() {
	m.listening.Lock()
	defer m.listening.Unlock()
	for _, l := range m.listeners {
		l.signals <- sigterm // what has stopped still has room
	}
}

// play plays the plan, finishes, and returns what is wrong with what happened.
func (m *machine) play(ctx context.Context) (wrong []string) {
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
	time.Sleep(lastAct + time.Millisecond)
	if all := m.snapshot(); isQuiet(all) {
		m.sequential = len(all)
	}
	m.perform(ctx, actPlan{What: "finish"})
	acts.Wait()
	if m.sequential == 0 {
		m.sequential = len(m.snapshot())
	}
	tries := 2 + 3*len(m.services) // each may fail thrice
	for range tries {
		m.finishUnlessDown(ctx)
	}
	wrong = m.leftInside()
	close(m.release)
	time.Sleep(time.Minute) // what was stuck goes on
	for range tries {
		m.finishUnlessDown(ctx)
	}
	m.perform(ctx, actPlan{What: "finish"}) // tells what Observers have done since
	return append(wrong, m.check()...)
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

func (m *machine) finishUnlessDown(ctx context.Context) {
	if len(m.runner.Services()) > 0 || m.runner.State() == runner.StateStopping {
		m.perform(ctx, actPlan{What: "finish"})
	}
}

// perform makes one call of the Runner.
func (m *machine) perform(ctx context.Context, act actPlan) {
	if act.What == "signal" {
		m.signal()
		return
	}
	ctx, cancel := within(ctx, act.Limit)
	defer cancel()
	var services []runner.Service
	for _, i := range act.Services {
		services = append(services, m.services[i])
	}
	id := m.called(act, names(m.runner))
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
	}
	m.add(happening{what: "return", name: act.What, id: id, err: err, thrown: m.unruly.count()})
}

func within(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit > 0 {
		return context.WithTimeout(ctx, limit)
	}
	ctx, cancel := context.WithCancel(ctx)
	if limit < 0 {
		cancel()
	}
	return ctx, cancel
}
