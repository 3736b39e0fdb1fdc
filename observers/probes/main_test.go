package probes_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"github.com/go-fxservices/services/observers/probes"
	"github.com/go-fxservices/services/runner"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// inBubble is t.Run with the time of synctest.
func inBubble(t *testing.T, name string, test func(*testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

// get asks p, and returns the code and the body.
func get(p *probes.Probes, target string) string {
	w := ask(p, httptest.NewRequest(http.MethodGet, target, nil))
	return http.StatusText(w.Code) + "\n" + strings.TrimSuffix(w.Body.String(), "\n")
}

func ask(p *probes.Probes, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w
}

// answers joins the lines of an answer.
func answers(code int, lines ...string) string {
	return http.StatusText(code) + "\n" + strings.Join(lines, "\n")
}

func ok() string { return answers(http.StatusOK, "ok") }

func failed(lines ...string) string { return answers(http.StatusServiceUnavailable, lines...) }

// service is a Resource with checks.
type service struct {
	name    string
	ready   func(context.Context) error
	healthy func(context.Context) error
}

func (s *service) Name() string                        { return s.name }
func (s *service) Start(context.Context) error         { return nil }
func (s *service) Stop(context.Context) error          { return nil }
func (s *service) IsReady(ctx context.Context) error   { return call(ctx, s.ready) }
func (s *service) IsHealthy(ctx context.Context) error { return call(ctx, s.healthy) }

func call(ctx context.Context, check func(context.Context) error) error {
	if check == nil {
		return nil
	}
	return check(ctx)
}

// newRunner makes a Runner without signals that p observes.
func newRunner(p *probes.Probes, opts ...runner.StarterOption) *runner.Runner {
	return runner.NewRunner(append([]runner.StarterOption{runner.WithSignals(), runner.WithObserver(p)}, opts...)...)
}

// listener passes signals of a test on to a Runner.
type listener chan os.Signal

func (l listener) Receive() <-chan os.Signal { return l }
func (l listener) Stop()                     {}

func (l listener) option() runner.StarterOption {
	return runner.WithListenerBuilder(func() runner.Listener { return l })
}
