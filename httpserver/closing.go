package httpserver

import "context"

type closingKey struct{}

// Closing returns a channel that is closed when the [Server] which handles the
// request of ctx begins to close. It is for handlers that would otherwise stream
// until they are cut off:
//
//	select {
//	case event := <-events:
//		send(event)
//	case <-httpserver.Closing(r.Context()):
//		return
//	}
//
// Handlers that answer soon don't need it: Close waits for them. With any other
// context it returns nil, a channel that is never closed.
func Closing(ctx context.Context) <-chan struct{} {
	closing, _ := ctx.Value(closingKey{}).(<-chan struct{})
	return closing
}
