package runner

import "context"

// Broadcast returns what tells Observers of one event, as a Runner with these Observers does.
func Broadcast(all ...Observer) func(context.Context, Service) {
	var o observers
	for _, observer := range all {
		o.add(observer)
	}
	return func(ctx context.Context, s Service) {
		if e := o.beforeStart(ctx, s); e != nil {
			e.deliver(0)
		}
	}
}
