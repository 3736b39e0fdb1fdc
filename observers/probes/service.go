package probes

import (
	"context"
	"slices"

	"github.com/go-fxservices/services/internal/eventinfo"
	"github.com/go-fxservices/services/internal/layers"
	"github.com/go-fxservices/services/runner"
)

// service is a service of the Runner from the beginning of its start to that of its stop:
//
//	starting ──started──▶ up ──stop, or the end of a Job──▶ gone
//	    └────failed, or a Job that is done before that────────▲
//
// Only a service that is up is asked. One that has failed stays up until its stop, and ends the Runner.
type service struct {
	key    any    // see layers.KeyOf
	entry  *entry // nil: it has nothing to ask
	cancel context.CancelFunc

	// Guarded by Probes.mu.
	up     bool
	done   bool // a Job, while it is starting
	failed bool
	gone   bool
}

// newService looks at s. It is user code that unwraps s, so nobody may call newService under a lock.
func newService(ctx context.Context, s runner.Service, set settings) *service {
	added := &service{key: layers.KeyOf(s)}
	ready, isReady := runner.As[runner.ReadyChecker](s)
	health, isHealth := runner.As[runner.HealthChecker](s)
	if !isReady && !isHealth {
		added.cancel = func() {}
		return added
	}
	parent, cancel := context.WithCancel(context.Background())
	added.cancel = cancel
	added.entry = newEntry(describe(ctx, s))
	turn := make(chan struct{}, 1)
	if isReady {
		added.entry.check = &check{kind: Ready, call: ready.IsReady, settings: set, parent: parent, turn: turn}
	}
	if isHealth {
		added.entry.health = &check{kind: Health, call: health.IsHealthy, settings: set, parent: parent, turn: turn}
		if set.healthCounts {
			added.entry.health.kind = Ready
		}
	}
	return added
}

// describe returns the name and the kind of a service: as the Runner says in the context of an event, or else as s says.
func describe(ctx context.Context, s runner.Service) (name, kind string) {
	if known, ok := eventinfo.From(ctx).Subject(0); ok {
		return known.Name, known.Kind
	}
	return runner.NameOf(s), string(runner.KindOf(s))
}

// The methods that follow are called with p.mu locked. Services with equal values share a key; any of them will do.

// find returns the newest service of key that accepts takes, or -1.
func (p *Probes) find(key any, accepts func(*service) bool) int {
	for i, s := range slices.Backward(p.services) {
		if s.key == key && accepts(s) {
			return i
		}
	}
	return -1
}

func (s *service) isStarting() bool { return !s.up }
func (s *service) isUp() bool       { return s.up }
func (s *service) isAny() bool      { return true }

// remove takes out the service at i, if there is one. A check of it that is running is not waited for.
func (p *Probes) remove(i int) {
	if i < 0 {
		return
	}
	p.services[i].gone = true
	p.services[i].cancel()
	p.services = slices.Delete(p.services, i, i+1)
}
