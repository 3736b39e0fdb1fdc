package admin_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/go-fxservices/services/httpserver/admin"
	"github.com/go-fxservices/services/observers/probes"
	"github.com/go-fxservices/services/runner"
)

// The server is up before the database, and answers while that is starting.
func Example() {
	ops := admin.New(
		admin.Addr("127.0.0.1:0"), // ":8081" in Kubernetes
		admin.Probes(probes.Timeout(500*time.Millisecond), probes.ShowErrors()),
	)
	r := runner.NewRunner(runner.WithObserver(ops.Probes()))
	db := runner.NewResource("db", func(context.Context) error {
		show(ops.URL() + "/readyz")
		return nil
	}, nil)

	ctx := context.Background()
	_ = r.Start(ctx, ops, db)
	show(ops.URL() + "/readyz")
	_ = r.Finish(ctx)
	// Output:
	// 503: [-]state failed: starting / readyz check failed
	// 200: ok
}

// Metrics behind a password, and profiles, on a free port.
func ExampleWrap() {
	ops := admin.New(admin.Addr("127.0.0.1:0"), admin.Probes(), admin.Pprof(), admin.Wrap(authenticate))
	ops.Handle("/metrics", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "up 1\n")
	}))
	_ = ops.Start(context.Background())
	show(ops.URL() + "/metrics")
	show(ops.URL() + "/debug/pprof/heap")
	show(ops.URL() + "/livez")
	show(strings.Replace(ops.URL(), "//", "//admin:secret@", 1) + "/metrics")
	_ = ops.Stop(context.Background())
	// Output:
	// 401: who are you?
	// 401: who are you?
	// 200: ok
	// 200: up 1
}

// What goes wrong at the start names the address.
func ExampleServer_Start() {
	first := admin.New(admin.Addr("127.0.0.1:0"))
	_ = first.Start(context.Background())
	second := admin.New(admin.Addr(strings.TrimPrefix(first.URL(), "http://")))
	r := runner.NewRunner()
	err := r.Run(context.Background(), second)
	_ = r.Finish(context.Background())
	_ = first.Stop(context.Background())
	var failed *runner.ServiceError
	fmt.Println(errors.As(err, &failed), failed.Name)
	fmt.Println(strings.HasSuffix(err.Error(), "bind: address already in use"))
	// Output:
	// true admin
	// true
}

// authenticate is middleware that asks for a password.
func authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != "secret" {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func show(url string) {
	response, err := client.Get(url)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	fmt.Printf("%d: %s\n", response.StatusCode, strings.ReplaceAll(strings.TrimSpace(string(body)), "\n", " / "))
}
