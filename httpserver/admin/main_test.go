package admin_test

import (
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/go-fxservices/services/httpserver/admin"
	"github.com/go-fxservices/services/runner"
)

var (
	_ runner.Resource        = (*admin.Server)(nil)
	_ runner.FailureReporter = (*admin.Server)(nil)
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start starts a server on a free port, and stops it at the end of the test.
func start(t *testing.T, opts ...admin.Option) *admin.Server {
	t.Helper()
	s := admin.New(append([]admin.Option{admin.Addr("127.0.0.1:0")}, opts...)...)
	require.NoError(t, s.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, s.Stop(context.Background())) })
	return s
}

// client has no connections that outlive a test.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// get returns the status and the body.
func get(t *testing.T, url string) (string, string) {
	t.Helper()
	return do(t, newRequest(t, http.MethodGet, url))
}

func newRequest(t *testing.T, method, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	require.NoError(t, err)
	return r
}

func do(t *testing.T, r *http.Request) (status, body string) {
	t.Helper()
	response, err := client.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	all, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.Status, string(all)
}

func says(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) })
}
