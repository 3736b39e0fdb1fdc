package runner_test

import (
	"context"
	"fmt"

	"github.com/go-fxservices/services/runner"
)

func serviceName(i int) string { return fmt.Sprintf("s%d", i) }

func (m *machine) newService(name string, p servicePlan) runner.Service {
	s := m.newInnermost(name, p)
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
		func() { s = m.with(s, p) },
	}
	for i := range wrappers {
		wrappers[(i+p.Wrap)%len(wrappers)]()
	}
	return s
}

func (m *machine) newInnermost(name string, p servicePlan) runner.Service {
	onStart, onStop := runner.OpStart, runner.OpStop
	if p.Server {
		onStart, onStop = runner.OpListen, runner.OpClose
	}
	start, stop := m.call(name, onStart, p.OnStart), m.call(name, onStop, p.OnStop)
	switch {
	case p.Server && p.Value:
		return serverValue{runner.NewServer(name, start, stop)}
	case p.Server:
		return runner.NewServer(name, start, stop)
	case p.Value:
		return resourceValue{runner.NewResource(name, start, stop)}
	default:
		return runner.NewResource(name, start, stop)
	}
}

// These are services whose instances cannot be told apart.
type (
	resourceValue struct{ runner.Resource }
	serverValue   struct{ runner.Server }
)

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

// call makes one method of a service.
func (m *machine) call(name string, op runner.Op, f faultPlan) call {
	return func(ctx context.Context) error {
		id, nth := m.enter(ctx, name, op)
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
