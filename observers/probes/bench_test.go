package probes_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/probes"
	"github.com/go-fxservices/services/runner"
)

// BenchmarkCached answers a probe of some checks from the cache.
func BenchmarkCached(b *testing.B) {
	for _, checks := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("checks=%d", checks), func(b *testing.B) {
			b.ReportAllocs()
			benchmarkCached(b, checks)
		})
	}
}

func benchmarkCached(b *testing.B, checks int) {
	p := probes.New(probes.CacheFor(time.Hour))
	p.StateChanged(context.Background(), runner.StateReady)
	for i := range checks {
		p.Add(fmt.Sprint("check", i), probes.Ready, passes)
	}
	require.Equal(b, ok(), get(p, "/readyz"))
	r := httptest.NewRequest(http.MethodGet, "/readyz", nil)
	for b.Loop() {
		p.ServeHTTP(&discard{header: http.Header{}}, r)
	}
}

// discard is a ResponseWriter that keeps nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}
