package dashboard

import (
	"net/http"
	"slices"

	"github.com/go-fxservices/services/internal/goroutines"
	"github.com/go-fxservices/services/internal/printable"
	"github.com/go-fxservices/services/observers/timeline"
)

// serviceLabel is the profiler label that the Runner gives to the goroutines of a service.
const serviceLabel = "service"

// stacks is what the template of stacks shows.
type stacks struct{ Name, Text string }

func (d *dashboard) serveStacks(w http.ResponseWriter, r *http.Request, name string) {
	s := d.timeline.Snapshot()
	if !slices.ContainsFunc(s.Services, func(s timeline.Service) bool { return s.Name == name }) {
		http.NotFound(w, r)
		return
	}
	render(w, "stacks", policy(""), stacks{printable.Line(name), goroutines.Join(goroutines.With(serviceLabel, name))})
}
