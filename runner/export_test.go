package runner

import "context"

// Broadcast returns what tells of one event, as a Runner with these Observers does.
func Broadcast(all ...Observer) func(context.Context, Service) {
	var o observers
	for _, observer := range all {
		o.add(observer)
	}
	return o.beforeStart
}
