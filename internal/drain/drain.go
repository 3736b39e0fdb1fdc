// Package drain carries the beginning of a drain from the Runner to a Server, in the context of Listen.
package drain

import "context"

type key struct{}

// With returns a copy of ctx in which [Begins] finds the channel. The Runner closes it when it has been asked to end the Run
// of the Server.
func With(ctx context.Context, begins <-chan struct{}) context.Context {
	return context.WithValue(ctx, key{}, begins)
}

// Begins returns a channel that is closed once the Runner has been asked to end: a Server whose Listen got ctx goes on for the
// drain delay, if there is one, before its Close. Without a Runner Begins returns nil, a channel that is never closed.
func Begins(ctx context.Context) <-chan struct{} {
	begins, _ := ctx.Value(key{}).(<-chan struct{})
	return begins
}
