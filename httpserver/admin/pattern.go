package admin

import (
	"regexp"
	"strings"
)

// cutMethod splits a pattern as http.ServeMux does.
func cutMethod(pattern string) (method, rest string, ok bool) {
	i := strings.IndexAny(pattern, " \t")
	if i < 0 {
		return "", pattern, false
	}
	return pattern[:i], strings.TrimLeft(pattern[i:], " \t"), true
}

var registeredAt = regexp.MustCompile(` \(registered at [^)]*\)`)

// plain takes from a panic of http.ServeMux the places where this package calls it, and all but the first line.
func plain(text string) string {
	text, _, _ = strings.Cut(registeredAt.ReplaceAllString(text, ""), ":\n")
	return text
}
