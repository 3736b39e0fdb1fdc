package probes

import (
	"encoding/json"

	"github.com/go-fxservices/services/internal/printable"
)

// text returns the report as the Kubernetes API server would write it.
func (r *report) text(verbose bool) []byte {
	passed := r.passed()
	if passed && !verbose {
		return []byte("ok")
	}
	var b []byte
	if !r.stateOK {
		b = append(b, "[-]state failed: "...)
		b = append(b, r.state.String()...)
		b = append(b, '\n')
	}
	for i := range r.lines {
		b = r.lines[i].append(b)
	}
	b = append(b, r.name...)
	if passed {
		return append(b, " check passed\n"...)
	}
	return append(b, " check failed\n"...)
}

func (l *line) append(b []byte) []byte {
	if l.ok {
		b = append(b, "[+]"...)
		b = append(b, l.printed...)
		return append(b, " ok\n"...)
	}
	b = append(b, "[-]"...)
	b = append(b, l.printed...)
	b = append(b, " failed"...)
	if l.text != "" {
		b = append(b, ": "...)
		b = append(b, printable.Line(l.text)...)
	}
	return append(b, '\n')
}

// json returns the report as JSON.
func (r *report) json() []byte {
	type check struct {
		Name     string `json:"name"`
		Kind     string `json:"kind"`
		Status   string `json:"status"`
		Duration string `json:"duration"`
		Error    string `json:"error,omitempty"`
	}
	all := struct {
		Status string  `json:"status"`
		State  string  `json:"state"`
		Checks []check `json:"checks"`
	}{status(r.passed()), r.state.String(), make([]check, 0, len(r.lines))}
	for _, l := range r.lines {
		all.Checks = append(all.Checks, check{l.name, l.kind, status(l.ok), l.took.String(), l.text})
	}
	b, _ := json.Marshal(all) // strings only
	return append(b, '\n')
}

func status(ok bool) string {
	if ok {
		return "ok"
	}
	return "failed"
}
