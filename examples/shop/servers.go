package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/go-fxservices/services/httpserver"
)

// API takes orders over HTTP.
type API struct{ *httpserver.Server }

// NewAPI returns the server of the API.
func NewAPI(orders *Orders, stream *Stream) *API {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) {
		item, _ := io.ReadAll(io.LimitReader(r.Body, 100))
		id, err := orders.Add(r.Context(), string(item), func(id string) error {
			_, err := stream.js.Publish(r.Context(), "orders.new", []byte(id))
			return err
		})
		answer(w, "order "+id, err)
	})
	mux.HandleFunc("GET /orders/{id}", func(w http.ResponseWriter, r *http.Request) {
		status, err := orders.Status(r.Context(), r.PathValue("id"))
		answer(w, status, err)
	})
	return &API{httpserver.New(mux, httpserver.Name("api"), httpserver.Addr(cmp.Or(os.Getenv("ADDR"), httpserver.DefaultAddr)))}
}

func answer(w http.ResponseWriter, text string, err error) {
	switch {
	case errors.Is(err, errNoOrder):
		http.Error(w, err.Error(), http.StatusNotFound)
	case err != nil:
		http.Error(w, "try again later", http.StatusServiceUnavailable)
	default:
		fmt.Fprintln(w, text)
	}
}

// NewStatus returns the gRPC service shop.Orders with the method Status, written by hand: there is no protoc here.
func NewStatus(orders *Orders) func(grpc.ServiceRegistrar) {
	method := func(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
		id := &wrapperspb.StringValue{}
		if err := decode(id); err != nil {
			return nil, err
		}
		status, err := orders.Status(ctx, id.GetValue())
		return wrapperspb.String(status), err
	}
	return func(r grpc.ServiceRegistrar) {
		r.RegisterService(&grpc.ServiceDesc{
			ServiceName: "shop.Orders", HandlerType: (*any)(nil), Methods: []grpc.MethodDesc{{MethodName: "Status", Handler: method}},
		}, orders)
	}
}
