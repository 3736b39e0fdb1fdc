package fxservices_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/httpserver/admin"
	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/runner"
)

func TestDashboard(t *testing.T) {
	// shown returns what is at /services while db starts, and whether the index has it.
	shown := func(t *testing.T, opts ...fx.Option) (page string, listed bool) {
		t.Helper()
		var server *admin.Server
		j := &journal{}
		newDB := func() *DB {
			return &DB{runner.NewResource("db", func(context.Context) error {
				page = read(server.URL() + "/services")
				listed = strings.Contains(read(server.URL()), `href="/services"`)
				return nil
			}, func(context.Context) error { return nil })}
		}
		app := j.application(module(), fxservices.Admin(freePort), fxservices.Provide(newDB), fx.Populate(&server),
			fx.Invoke(func(*DB) {}), fx.Options(opts...))
		require.NoError(t, app.Start(t.Context()))
		require.NoError(t, app.Stop(t.Context()))
		return page, listed
	}

	t.Run("is at /services where there is a Timeline", func(t *testing.T) {
		page, listed := shown(t, fxservices.Timeline())
		require.Regexp(t, `^200 <!doctype html>.*<span class="state starting">starting</span>.*>db</a>`, page)
		require.True(t, listed)
	})

	t.Run("is not there without one", func(t *testing.T) {
		page, listed := shown(t)
		require.Equal(t, "404 404 page not found", page)
		require.False(t, listed)
	})

	t.Run("gives way to another handler", func(t *testing.T) {
		page, _ := shown(t, fxservices.Timeline(), fxservices.AdminHandler("/services",
			http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("mine")) })))
		require.Equal(t, "200 mine", page)
	})

	t.Run("shows a Timeline that the application provides", func(t *testing.T) {
		page, listed := shown(t, fx.Supply(timeline.New()))
		require.Contains(t, page, "No service has been given to the Runner yet.")
		require.True(t, listed)
	})
}
