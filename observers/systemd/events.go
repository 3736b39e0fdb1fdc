package systemd

import (
	"context"
	"os"
	"time"

	"github.com/go-fxservices/services/internal/layers"
	"github.com/go-fxservices/services/runner"
)

// ServicesQueued implements [runner.QueueObserver].
func (n *Notifier) ServicesQueued(ctx context.Context, all []runner.Service) {
	added := make(services, len(all))
	for i, s := range all {
		added[i] = newService(ctx, i, s)
	}
	n.change(func() progress {
		n.services = append(n.services, added...)
		return progress{}
	})
}

// BeforeLoad implements [runner.Observer].
func (n *Notifier) BeforeLoad(context.Context, runner.Configurable) {}

// AfterLoad implements [runner.Observer].
func (n *Notifier) AfterLoad(context.Context, runner.Configurable, error) {}

// BeforeStart implements [runner.Observer].
func (n *Notifier) BeforeStart(ctx context.Context, s runner.Service) {
	added := newService(ctx, 0, s)
	n.change(func() progress {
		if !n.services.move(added.key, isStarting, isQueued) {
			added.is = isStarting
			n.services = append(n.services, added)
		}
		return progress{}
	})
}

// AfterStart implements [runner.Observer].
func (n *Notifier) AfterStart(_ context.Context, s runner.Service, err error) {
	key := layers.KeyOf(s)
	n.change(func() progress {
		if err != nil {
			n.services.move(key, isGone, isStarting)
			return progress{}
		}
		n.services.move(key, isUp, isStarting)
		return progress{extension}
	})
}

// RetryFailed implements [runner.RetryFailedObserver].
func (n *Notifier) RetryFailed(_ context.Context, _ runner.Service, _ int, _ error, pause time.Duration) {
	n.change(func() progress { return progress{pause + extension} })
}

// BeforeStop implements [runner.Observer].
func (n *Notifier) BeforeStop(_ context.Context, s runner.Service) {
	key := layers.KeyOf(s)
	n.change(func() progress {
		n.services.move(key, isStopping, isUp)
		return progress{}
	})
}

// AfterStop implements [runner.Observer]. A stop that failed is over, too.
func (n *Notifier) AfterStop(_ context.Context, s runner.Service, _ error) {
	key := layers.KeyOf(s)
	n.change(func() progress {
		n.services.move(key, isStopped, isStopping)
		return progress{extension}
	})
}

// JobDone implements [runner.JobObserver]. It may come before AfterStart.
func (n *Notifier) JobDone(_ context.Context, j runner.Job, _ error) {
	key := layers.KeyOf[runner.Service](j)
	n.change(func() progress {
		if !n.services.move(key, isDone, isStarting, isUp) {
			n.services.move(key, isStopped, isStopping)
		}
		return progress{extension}
	})
}

// SignalReceived implements [runner.Observer]. A signal takes effect before the state of the Runner changes.
func (n *Notifier) SignalReceived(os.Signal) {
	n.change(func() progress {
		n.signaled = n.state != runner.StateStopped // else it came too late
		return progress{}
	})
}

// StateChanged implements [runner.StateObserver].
func (n *Notifier) StateChanged(_ context.Context, state runner.State) {
	if n.socket == nil {
		return
	}
	if state == runner.StateStarting {
		n.watchdog.start()
	}
	n.change(func() progress {
		switch {
		case state == runner.StateStarting && n.state == runner.StateStopped: // another life
			n.told = facts{}
		case state == runner.StateReady:
			n.services = n.services.left()
		}
		n.state = state
		return progress{}
	})
	if state == runner.StateStopped {
		n.watchdog.stop()
		n.reset()
	}
}

// reset forgets the life that has ended, but not what systemd was told.
func (n *Notifier) reset() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.services, n.signaled = nil, false
}
