package runner_test

import (
	"context"
	"fmt"
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
	release  chan struct{} // ends what lasts for ever

	sequential int // where in the record the Finishes begin that nothing runs beside

	listening sync.Mutex
	listeners []*fakeListener
}

func newMachine(p plan) *machine {
	m := &machine{record: newRecord(), plan: p, release: make(chan struct{})}
	opts := []runner.StarterOption{
		runner.WithStopTimeout(p.StopTimeout),
		runner.WithDrainDelay(p.Drain),
		runner.WithObserver(m.record),
		runner.WithListenerBuilder(m.newListener),
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

func serviceName(i int) string { return fmt.Sprintf("s%d", i) }

func (m *machine) newService(name string, p servicePlan) runner.Service {
	var s runner.Service
	if p.Server {
		s = runner.NewServer(name, m.call(name, runner.OpListen, p.OnStart), m.call(name, runner.OpClose, p.OnStop))
	} else {
		s = runner.NewResource(name, m.call(name, runner.OpStart, p.OnStart), m.call(name, runner.OpStop, p.OnStop))
	}
	wrappers := []func(){
		func() {
			if p.Load {
				s = loading(s, m.call(name, runner.OpLoad, p.OnLoad))
			}
		},
		func() {
			if p.Ready {
				s = checked(s, m.call(name, runner.OpReady, p.OnReady))
			}
		},
		func() { s = with(s, p) },
	}
	for i := range wrappers {
		wrappers[(i+p.Wrap)%len(wrappers)]()
	}
	return s
}

func with(s runner.Service, p servicePlan) runner.Service {
	if p.StartTimeout != 0 {
		s = runner.With(s, runner.StartTimeout(p.StartTimeout))
	}
	if p.StopTimeout != 0 {
		s = runner.With(s, runner.StopTimeout(p.StopTimeout))
	}
	return s
}

// call makes one method of a service.
func (m *machine) call(name string, op runner.Op, f faultPlan) call {
	return func(ctx context.Context) error {
		id, nth := m.enter(name, op)
		how := outcome{how: returnsNil}
		switch {
		case nth <= f.Calls:
			f.wait(ctx, m.release)
			how = f.outcome(ctx, fmt.Errorf("%s of %s, call %d", op, name, id))
		case op == runner.OpListen:
			<-ctx.Done()
		}
		m.leave(id, name, op, how)
		return how.become()
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
	for _, act := range m.plan.Acts {
		acts.Go(func() {
			time.Sleep(act.At)
			m.perform(ctx, act)
		})
	}
	time.Sleep(lastAct + time.Millisecond)
	m.perform(ctx, actPlan{What: "finish"})
	acts.Wait()
	m.sequential = len(m.snapshot())
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
	return append(wrong, m.check()...)
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
	id := m.called(act)
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
	m.add(happening{what: "return", name: act.What, id: id, err: err})
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
