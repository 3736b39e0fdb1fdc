package promservice

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/go-fxservices/services/httpserver"
)

// NewServer returns a Server named "metrics" that answers /metrics at an address of its own, with what gatherer has. If gatherer is
// nil that is [prometheus.DefaultGatherer]. If the address is in use the start fails, naming it.
//
// A program that has an admin server needs no other: the handler of [promhttp.HandlerFor] can be mounted there.
func NewServer(addr string, gatherer prometheus.Gatherer) *httpserver.Server {
	if gatherer == nil {
		gatherer = prometheus.DefaultGatherer
	}
	mux := http.NewServeMux()
	mux.Handle(path, handler(gatherer))
	return httpserver.New(mux, httpserver.Addr(addr), httpserver.Name("metrics"))
}

const path = "/metrics"

func handler(gatherer prometheus.Gatherer) http.Handler {
	return promhttp.HandlerFor(gatherer, promhttp.HandlerOpts{})
}
