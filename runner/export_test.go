package runner

import (
	"context"
	"time"
)

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

// ProfilesFor returns how many profiles serve n calls that ask for one, one right after the other. It waits for the last.
func ProfilesFor(n int) int {
	var s stacks
	var last *profile
	taken := map[*profile]bool{}
	for range n {
		last = s.after(time.Now())
		taken[last] = true
	}
	<-last.done
	return len(taken)
}

// SharesProfileInProgress reports whether a call gets a profile that was already being taken when the call began.
func SharesProfileInProgress() bool {
	var s stacks
	running := s.after(time.Now())
	next := s.after(time.Now())
	<-next.done
	return next == running
}
