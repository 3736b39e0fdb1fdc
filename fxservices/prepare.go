package fxservices

import (
	"os"
	"reflect"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/inside"
	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// prepared is the options of an application that Run runs.
type prepared struct {
	options []fx.Option // all of them, one by one
	module  *module     // nil: none is given to fx.New itself
}

// prepare takes the options of Run apart. It puts them together again such that the place of Module does not matter: Servers and
// Jobs are built after all Invokes, and the timeouts of the user count.
func prepare(opts []fx.Option) prepared {
	var p prepared
	var timeouts [2]fx.Option // the last ones of the user
	for _, opt := range inside.Leaves(opts) {
		switch m, ok := opt.(module); {
		case ok && p.module == nil:
			p.module, opt = &m, m.parts
		case reflect.TypeOf(opt) == startTimeoutType:
			timeouts[0] = opt
		case reflect.TypeOf(opt) == stopTimeoutType:
			timeouts[1] = opt
		}
		p.options = append(p.options, opt)
	}
	for _, opt := range timeouts {
		if opt != nil {
			p.options = append(p.options, opt)
		}
	}
	if p.module != nil {
		p.options = append(append([]fx.Option{fx.Invoke(buildSupplied)}, p.options...), fx.Invoke(build))
	}
	return p
}

// signals returns the signals that the Runner of the Module listens for.
func (p prepared) signals() []os.Signal {
	if p.module == nil {
		return runner.DefaultSignals
	}
	return wiring.Signals(runner.NewRunner(p.module.options.runner...))
}

// The types of options of fx, which are not exported.
var (
	startTimeoutType = reflect.TypeOf(fx.StartTimeout(0))
	stopTimeoutType  = reflect.TypeOf(fx.StopTimeout(0))
)
