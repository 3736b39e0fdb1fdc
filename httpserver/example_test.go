package httpserver_test

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/go-fxservices/services/httpserver"
	"github.com/go-fxservices/services/runner"
)

func Example() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello/{name}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "hello, %s", r.PathValue("name"))
	})
	server := httpserver.New(mux, httpserver.Name("api"), httpserver.Addr("127.0.0.1:0"))

	ctx := context.Background()
	r := runner.NewRunner()
	if err := r.Start(ctx, server); err != nil { // returns once it is ready
		fmt.Println(err)
		return
	}

	response, err := http.Get(fmt.Sprintf("http://%s/hello/world", server.Addr()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	fmt.Println(string(body), err)

	fmt.Println("closed:", r.Finish(ctx))
	// Output:
	// hello, world <nil>
	// closed: <nil>
}

func ExampleClosing() {
	events := make(chan string)
	server := httpserver.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for {
			select {
			case event := <-events:
				fmt.Fprintln(w, event)
			case <-httpserver.Closing(r.Context()):
				return // instead of being cut off
			case <-r.Context().Done():
				return
			}
		}
	}))
	fmt.Println(server.Name(), httpserver.Closing(context.Background()) == nil)
	// Output: http true
}
