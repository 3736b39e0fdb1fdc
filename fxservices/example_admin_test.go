package fxservices_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/httpserver/admin"
	"github.com/go-fxservices/services/observers/probes"
)

// Probes, and a page of the application, on an address of their own.
func ExampleAdmin() {
	var server *admin.Server
	app := fx.New(
		fx.NopLogger,
		fxservices.Admin(
			admin.Addr("127.0.0.1:0"), // ":8081" in Kubernetes
			admin.Probes(probes.Timeout(500*time.Millisecond)),
		),
		fxservices.AdminHandler("/queue", NewQueuePage),
		fx.Supply(fx.Annotate(3, fx.ResultTags(`name:"length"`))),
		fx.Populate(&server),
		fxservices.Module(),
	)
	_ = app.Start(context.Background())
	for _, path := range []string{"/readyz?verbose", "/queue"} {
		response, err := opsClient.Get(server.URL() + path)
		if err != nil {
			fmt.Println(err)
			return
		}
		body, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		fmt.Println(response.StatusCode, strings.TrimSpace(string(body)))
	}
	_ = app.Stop(context.Background())
	// Output:
	// 200 readyz check passed
	// 200 3 messages are waiting
}

// QueuePage shows how much is left to do.
type QueuePage struct{ length int }

// QueuePageParams is what a QueuePage is constructed from.
type QueuePageParams struct {
	fx.In
	Length int `name:"length"`
}

func NewQueuePage(in QueuePageParams) *QueuePage { return &QueuePage{in.Length} }

func (p *QueuePage) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	_, _ = fmt.Fprintf(w, "%d messages are waiting\n", p.length)
}
