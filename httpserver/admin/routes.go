package admin

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/observers/probes"
)

var (
	errNilHandler = errors.New("nil handler")
	errNilWrapped = errors.New("the middleware of Wrap returned nil")
	errChanges    = errors.New("only GET and HEAD are answered")
)

// routes leads requests to what is mounted: probes directly, everything else through the middleware.
type routes struct {
	mux     *http.ServeMux
	wrapped http.Handler // serve, inside the middleware

	mu       sync.Mutex // guards what follows
	patterns []string
	errs     []error
}

func newRoutes(wrap []func(http.Handler) http.Handler) *routes {
	rs := &routes{mux: http.NewServeMux()}
	rs.wrapped = http.HandlerFunc(rs.serve)
	for _, middleware := range slices.Backward(wrap) {
		if rs.wrapped = middleware(rs.wrapped); identity.IsNil(rs.wrapped) {
			rs.errs = append(rs.errs, errNilWrapped)
			break
		}
	}
	return rs
}

func (rs *routes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h, _ := rs.mux.Handler(r); isProbes(h) {
		rs.mux.ServeHTTP(w, r)
		return
	}
	rs.wrapped.ServeHTTP(w, r)
}

func isProbes(h http.Handler) bool {
	_, ok := h.(*probes.Probes)
	return ok
}

// serve answers with what is mounted, and at / with the index, unless somebody has mounted something else there.
func (rs *routes) serve(w http.ResponseWriter, r *http.Request) {
	if _, pattern := rs.mux.Handler(r); pattern == "" && r.URL.Path == "/" {
		writeIndex(w, rs.list())
		return
	}
	rs.mux.ServeHTTP(w, r)
}

// list returns the patterns of what is mounted.
func (rs *routes) list() []string {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	return slices.Clone(rs.patterns)
}

// mount mounts h, or keeps what is wrong with it. where is the place in the code that the error names.
func (rs *routes) mount(pattern string, h http.Handler, where string) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if err := rs.tryMount(pattern, h); err != nil {
		rs.errs = append(rs.errs, fmt.Errorf("handle %q%s: %w", pattern, where, err))
		return
	}
	rs.patterns = append(rs.patterns, pattern)
}

func (rs *routes) tryMount(pattern string, h http.Handler) (err error) {
	if identity.IsNil(h) {
		return errNilHandler
	}
	if method, _, ok := cutMethod(pattern); ok && method != http.MethodGet && method != http.MethodHead {
		return errChanges
	}
	defer func() {
		if panicked := recover(); panicked != nil {
			err = errors.New(plain(fmt.Sprint(panicked)))
		}
	}()
	rs.mux.Handle(pattern, h)
	return nil
}

// check returns what was wrong with all that was to be mounted.
func (rs *routes) check() error {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	return errors.Join(rs.errs...)
}
