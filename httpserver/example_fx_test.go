//go:build !plan9

package httpserver_test

import (
	"context"
	"fmt"
	"net/http"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/httpserver"
)

// Admin is a second server. Its type tells fx which of the two is asked for.
type Admin struct{ *httpserver.Server }

// NewAPI returns the server of the application.
func NewAPI() *httpserver.Server {
	return httpserver.New(http.NotFoundHandler(), httpserver.Name("api"), httpserver.Addr("127.0.0.1:0"))
}

// NewAdmin returns the server of its operators.
func NewAdmin() Admin {
	return Admin{httpserver.New(http.NotFoundHandler(), httpserver.Name("admin"), httpserver.Addr("127.0.0.1:0"))}
}

// Two servers in one application: both run, and each can be asked for by its type.
func Example_secondServer() {
	var api *httpserver.Server
	var admin Admin
	app := fx.New(fx.NopLogger,
		fxservices.Provide(NewAPI, NewAdmin),
		fx.Populate(&api, &admin),
		fxservices.Module(),
	)
	ctx := context.Background()
	fmt.Println(app.Start(ctx))
	fmt.Println(api.Name(), api.IsReady(ctx))
	fmt.Println(admin.Name(), admin.IsReady(ctx))
	fmt.Println(app.Stop(ctx))
	// Output:
	// <nil>
	// api <nil>
	// admin <nil>
	// <nil>
}
