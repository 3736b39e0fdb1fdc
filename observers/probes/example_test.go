package probes_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/go-fxservices/services/observers/probes"
	"github.com/go-fxservices/services/runner"
)

// The Runner tells the probes what is started and whether it is ready.
func Example() {
	p := probes.New()
	r := runner.NewRunner(runner.WithObserver(p))
	mux := http.NewServeMux()
	mux.Handle("/", p) // package httpserver/admin serves them on an address of their own

	show(mux, "/readyz")
	_ = r.Start(context.Background(), &service{name: "db"}, &service{name: "cache"})
	show(mux, "/readyz")
	show(mux, "/readyz?verbose")
	_ = r.Finish(context.Background())
	show(mux, "/livez")
	// Output:
	// 503 Service Unavailable
	// [-]state failed: idle
	// readyz check failed
	// 200 OK
	// ok
	// 200 OK
	// [+]db ok
	// [+]cache ok
	// readyz check passed
	// 200 OK
	// ok
}

// A check of something that is no service.
func ExampleProbes_Add() {
	p := probes.New(probes.Timeout(500*time.Millisecond), probes.ShowErrors())
	p.Add("disk", probes.Live, func(context.Context) error { return errors.New("97 % full") })
	show(p, "/livez")
	show(p, "/livez?exclude=disk")
	// Output:
	// 503 Service Unavailable
	// [-]disk failed: 97 % full
	// livez check failed
	// 200 OK
	// ok
}

func show(h http.Handler, target string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	fmt.Println(w.Code, http.StatusText(w.Code))
	fmt.Println(strings.TrimSpace(w.Body.String()))
}
