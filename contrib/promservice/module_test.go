package promservice_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/contrib/promservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/httpserver/admin"
	"github.com/go-fxservices/services/runner"
)

// get returns what is at a URL.
func get(t *testing.T, url string) string {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(url)
	require.NoError(t, err)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, errors.Join(err, response.Body.Close()))
	require.Equal(t, http.StatusOK, response.StatusCode, string(body))
	return string(body)
}

type DB struct{ runner.Resource }

func NewDB() *DB { return &DB{runner.NewResource("db", nothing, nothing)} }

func TestModule(t *testing.T) {
	app := func(t *testing.T, opts ...fx.Option) (*fx.App, *admin.Server) {
		t.Helper()
		var server *admin.Server
		app := fx.New(fx.NopLogger, fx.Options(opts...), fxservices.Admin(admin.Addr("127.0.0.1:0")), fx.Populate(&server),
			fxservices.Provide(NewDB), fx.Invoke(func(*DB) {}), fxservices.Module())
		require.NoError(t, app.Err())
		return app, server
	}

	t.Run("answers /metrics on the admin server", func(t *testing.T) {
		var reg *prometheus.Registry
		var registerer prometheus.Registerer
		var gatherer prometheus.Gatherer
		app, server := app(t, promservice.Module(), fx.Populate(&reg, &registerer, &gatherer))
		require.Same(t, reg, registerer)
		require.Same(t, reg, gatherer)
		require.NoError(t, app.Start(t.Context()))
		text := get(t, server.URL()+"/metrics")
		parser := expfmt.NewTextParser(model.UTF8Validation)
		parsed, err := parser.TextToMetricFamilies(strings.NewReader(text))
		require.NoError(t, err)
		require.Contains(t, parsed, "go_goroutines")
		require.Contains(t, text, "\nservices_application_state{state=\"ready\"} 1\n")
		require.Contains(t, text, "\nservices_state{kind=\"resource\",service=\"db\",state=\"ready\"} 1\n")
		require.Contains(t, get(t, server.URL()), `href="/metrics"`)
		require.NoError(t, app.Stop(t.Context()))
	})

	t.Run("takes the registry of the application", func(t *testing.T) {
		reg := prometheus.NewRegistry()
		app, server := app(t, promservice.Module(promservice.RegistryFromContainer(), promservice.Namespace("shop")),
			fx.Provide(func() (prometheus.Registerer, prometheus.Gatherer) {
				return prometheus.WrapRegistererWith(prometheus.Labels{"zone": "a"}, reg), reg
			}))
		require.NoError(t, app.Start(t.Context()))
		require.Contains(t, get(t, server.URL()+"/metrics"), `shop_application_state{state="ready",zone="a"} 1`)
		require.NoError(t, app.Stop(t.Context()))
	})

	t.Run("needs no admin server", func(t *testing.T) {
		reg := prometheus.NewRegistry()
		app := fx.New(fx.NopLogger, fxservices.Module(), promservice.Module(promservice.Registry(reg)))
		require.NoError(t, app.Start(t.Context()))
		require.Equal(t, []string{`services_application_state{state="ready"} 1`}, lines(t, reg, "services_application_state"))
		require.NoError(t, app.Stop(t.Context()))
	})

	t.Run("refuses a registry that has these metrics already", func(t *testing.T) {
		reg := promservice.New().Registry()
		err := fx.New(fx.NopLogger, fxservices.Module(), promservice.Module(promservice.Registry(reg))).Err()
		require.ErrorContains(t, err, "promservice.Module: duplicate metrics collector registration attempted")
	})
}

func TestServer(t *testing.T) {
	t.Run("answers /metrics", func(t *testing.T) {
		m := promservice.New()
		server := promservice.NewServer("127.0.0.1:0", m.Registry())
		r := newRunner(m)
		require.NoError(t, r.Start(t.Context(), server))
		require.Contains(t, get(t, "http://"+server.Addr().String()+"/metrics"), `services_state{kind="server",service="metrics",state="ready"} 1`)
		err := r.Start(t.Context(), promservice.NewServer(server.Addr().String(), m.Registry()))
		require.ErrorContains(t, err, server.Addr().String()+": bind: address already in use")
		require.NoError(t, r.Finish(t.Context()))
	})

	t.Run("has the default registry by default", func(t *testing.T) {
		server := promservice.NewServer("127.0.0.1:0", nil)
		r := runner.NewRunner(runner.WithSignals())
		require.NoError(t, r.Start(t.Context(), server))
		require.Contains(t, get(t, "http://"+server.Addr().String()+"/metrics"), "go_goroutines")
		require.NoError(t, r.Finish(t.Context()))
	})
}
