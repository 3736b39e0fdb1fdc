package dashboard_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-fxservices/services/observers/dashboard"
	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/runner"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errSecret = errors.New("password=s3cr3t")

const hostile = "<script>alert(1)</script>\n\u202e\"'&"

func nothing(context.Context) error { return nil }

func fails(context.Context) error { return errSecret }

func resource(name string) runner.Resource { return runner.NewResource(name, nothing, nothing) }

// newRunner returns a Runner that tl observes.
func newRunner(tl *timeline.Timeline) *runner.Runner {
	return runner.NewRunner(runner.WithSignals(), runner.WithObserver(tl))
}

// start starts services, and finishes with the test.
func start(t *testing.T, services ...runner.Service) *timeline.Timeline {
	t.Helper()
	tl := timeline.New()
	r := newRunner(tl)
	require.NoError(t, r.Start(t.Context(), services...))
	t.Cleanup(func() { require.NoError(t, r.Finish(context.Background())) })
	return tl
}

// ask asks a dashboard.
func ask(h http.Handler, method, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w
}

func get(t *testing.T, h http.Handler, target string) string {
	t.Helper()
	w := ask(h, http.MethodGet, target)
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	return w.Body.String()
}

func page(t *testing.T, tl *timeline.Timeline, opts ...dashboard.Option) string {
	t.Helper()
	return get(t, dashboard.New(tl, opts...), "/services")
}
