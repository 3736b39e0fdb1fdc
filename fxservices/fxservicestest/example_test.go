package fxservicestest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/fxservices/fxservicestest"
	"github.com/go-fxservices/services/runner"
)

// Storage is what the program stores in.
type Storage interface{ runner.Resource }

// Postgres is the Storage of the program.
type Postgres struct{ runner.Resource }

func NewPostgres() Storage { return &Postgres{} } // it would connect

// API is a server that stores.
type API struct{ runner.Server }

func NewAPI(Storage) *API {
	return &API{runner.NewServer("api", func(ctx context.Context) error {
		<-ctx.Done()
		return nil
	}, nil)}
}

func ExampleNew() {
	test := func(t *testing.T) {
		app := fxservicestest.New(t,
			fxservices.Provide(NewPostgres, NewAPI),
			fxservicestest.Replace[Storage](fxservicestest.Fake("storage")),
		).RequireStart()
		// ... what is tested ...
		app.RequireStop()
		for _, event := range app.Events() {
			fmt.Println(event)
		}
	}
	test(&testing.T{})
	// Output:
	// start storage
	// started storage
	// listen api
	// listening api
	// close api
	// closed api
	// stop storage
	// stopped storage
}
