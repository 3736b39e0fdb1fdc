// Package httpserver is an HTTP server for a Runner: net/http with every timeout
// set, bound before it counts as ready, and closed gracefully within a budget.
//
//	server := httpserver.New(mux, httpserver.Addr("127.0.0.1:8080"))
//
// It is a Server and a ReadyChecker of the runner package, and works as well
// without one: Listen blocks until Close.
//
// It differs from a bare [net/http.Server] in what it promises about the end.
// Close waits for everything that is in flight, hijacked connections (WebSocket)
// included, and cuts off what is left when its context ends; nothing outlives it
// but a handler that ignores its context. Handlers that stream without an end
// learn from [Closing] that it is time to finish. During the drain delay of a
// Runner each answer asks its client to connect anew next time.
//
// Options bear the names of the fields of http.Server; [Configure] reaches the
// others. [ListenFunc] is for Unix sockets and for sockets that systemd passes on.
package httpserver
