package admin

import (
	"html"
	"net/http"
	"strings"
)

const (
	indexHead = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>admin</title>
<h1>admin</h1>
<ul>
`
	indexTail = "</ul>\n</html>\n"
)

// writeIndex lists the patterns of what is mounted. Those that are no path, because they have a host or a wildcard, are no
// links.
func writeIndex(w http.ResponseWriter, patterns []string) {
	var b strings.Builder
	b.WriteString(indexHead)
	for _, pattern := range patterns {
		shown := html.EscapeString(pattern)
		if path, ok := linkOf(pattern); ok {
			shown = `<a href="` + html.EscapeString(path) + `">` + shown + `</a>`
		}
		b.WriteString("<li>" + shown + "</li>\n")
	}
	b.WriteString(indexTail)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	_, _ = w.Write([]byte(b.String()))
}

// linkOf returns the path of a pattern, and false if it has not one alone. Two slashes would make the start of the path a host.
func linkOf(pattern string) (path string, ok bool) {
	_, path, _ = cutMethod(pattern)
	path = strings.TrimSuffix(path, "{$}")
	return path, strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && !strings.Contains(path, "{")
}
