package runner_test

import (
	"context"
	"fmt"

	"github.com/go-fxservices/services/runner"
)

func serviceName(i int) string { return fmt.Sprintf("s%d", i) }

// serviceOf is the opposite of serviceName.
func (m *machine) serviceOf(name string) int {
	for s := range m.services {
		if serviceName(s) == name {
			return s
		}
	}
	return -1
}

func (m *machine) newService(i int) runner.Service {
	name, p := serviceName(i), m.plan.Services[i]
	s := shaped(m.newInnermost(name, p), i, p.Shape)
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
		func() {
			if p.Report.Calls > 0 {
				s = &reporter{s, m.failed(name, p.Report)}
			}
		},
		func() { s = m.with(s, p) },
	}
	for i := range wrappers {
		wrappers[(i+p.Wrap)%len(wrappers)]()
	}
	return s
}

func (m *machine) newInnermost(name string, p servicePlan) runner.Service {
	start := m.call(name, p.startOp(), p.OnStart)
	switch p.Kind {
	case runner.KindServer:
		return runner.NewServer(name, start, m.call(name, runner.OpClose, p.OnStop))
	case runner.KindJob:
		return &machineJob{name, start}
	default:
		return runner.NewResource(name, start, m.call(name, runner.OpStop, p.OnStop))
	}
}

type machineJob struct {
	name string
	run  call
}

func (j *machineJob) Name() string                  { return j.name }
func (j *machineJob) Run(ctx context.Context) error { return j.run(ctx) }

func (m *machine) with(s runner.Service, p servicePlan) runner.Service {
	var settings []runner.Setting
	if p.StartTimeout != 0 {
		settings = append(settings, runner.StartTimeout(p.StartTimeout))
	}
	if p.StopTimeout != 0 {
		settings = append(settings, runner.StopTimeout(p.StopTimeout))
	}
	for _, need := range p.After {
		settings = append(settings, runner.After(m.services[need]))
	}
	if p.Barrier {
		settings = append(settings, runner.Barrier("drawn"))
	}
	if len(settings) == 0 {
		return s
	}
	return runner.With(s, settings...)
}

// mayShutDown lets a service shut the Runner down, if that is its plan.
func (m *machine) mayShutDown(ctx context.Context, name string, op runner.Op, nth int) {
	if p := m.plan.Services[m.serviceOf(name)]; p.ShutsIn == op && nth == 1 {
		m.perform(ctx, actPlan{What: "shutdown", Cause: p.Cause})
	}
}

// call makes one method of a service.
func (m *machine) call(name string, op runner.Op, f faultPlan) call {
	return func(ctx context.Context) error {
		id, nth := m.enter(ctx, name, op)
		m.mayShutDown(ctx, name, op, nth)
		how := outcome{how: returnsNil}
		switch {
		case nth <= f.Calls:
			f.wait(ctx, m.release)
			how = f.outcome(ctx, fmt.Errorf("%s of %s, call %d", op, name, id))
		case op == runner.OpListen:
			<-ctx.Done()
		}
		m.leave(ctx, id, name, op, how)
		return how.become()
	}
}
