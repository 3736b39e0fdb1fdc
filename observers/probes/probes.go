package probes

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/go-fxservices/services/runner"
)

// Probes answers probes over HTTP with what it hears of a Runner, as one of its Observers. Make it with [New].
//
// It observes one Runner, through any number of restarts. All its methods may be called at any time, from any goroutine.
type Probes struct {
	settings settings

	mu       sync.Mutex // guards what follows; nobody calls a check while it is locked
	state    runner.State
	signaled bool       // a signal has ended the life of the Runner
	begun    bool       // the Runner has been ready
	services []*service // that are starting, and that are up, in the order in which they got there
	added    []*entry   // in the order of the calls of Add
}

var (
	_ http.Handler                 = (*Probes)(nil)
	_ runner.Observer              = (*Probes)(nil)
	_ runner.StateObserver         = (*Probes)(nil)
	_ runner.ServerFailedObserver  = (*Probes)(nil)
	_ runner.ServiceFailedObserver = (*Probes)(nil)
	_ runner.JobObserver           = (*Probes)(nil)
)

// New returns Probes that answer 503, except at /livez, until a Runner that they observe is ready. A nil option is skipped.
// Add them to the Runner with [runner.WithObserver], before other Observers: these may take their time with an event, and
// Observers hear of it one after the other.
func New(opts ...Option) *Probes {
	p := &Probes{settings: settings{timeout: defaultTimeout, cacheFor: defaultCacheFor}}
	for _, opt := range opts {
		if opt != nil {
			opt(&p.settings)
		}
	}
	return p
}

var (
	errNoCheck     = errors.New("it has no check function")
	errUnknownKind = errors.New("its kind is none of Live, Ready and Health")
)

// Add adds a check that belongs to no service. Its lines come after those of services, in the order of the calls of Add.
//
// The check passes if call returns nil within the [Timeout], at which its context ends; a panic is a failure. A Live check
// tells whether a restart would repair the process, so it looks at the process itself and at no dependency.
//
// A name need not be unique, and an empty one reads as the kind. A check with a nil call fails each time it is asked. So does
// one of an unknown kind, at /readyz and /healthz.
func (p *Probes) Add(name string, kind Kind, call func(context.Context) error) {
	c := &check{kind: kind, call: call, settings: p.settings, parent: context.Background()}
	switch {
	case kind != Live && kind != Ready && kind != Health:
		c.kind, c.call = Ready, failing(fmt.Errorf("%w: %q", errUnknownKind, string(kind)))
	case call == nil:
		c.call = failing(errNoCheck)
	}
	e := newEntry(cmp.Or(name, string(kind), "unnamed"), string(kind))
	e.check = c
	p.mu.Lock()
	defer p.mu.Unlock()
	p.added = append(p.added, e)
}

func failing(err error) func(context.Context) error {
	return func(context.Context) error { return err }
}

// present returns the state of the Runner. It is draining as soon as the end has come, though the Runner has not got to it.
// The caller holds p.mu.
func (p *Probes) present() runner.State {
	if p.state != runner.StateReady {
		return p.state
	}
	if p.signaled {
		return runner.StateDraining
	}
	for _, s := range p.services {
		if s.failed {
			return runner.StateDraining
		}
	}
	return runner.StateReady
}
