// Package none has files that use each other in one direction. What they declare in
// functions, and what they import, has the same names.
package none

import "strings"

// A uses b.go.
func A[T any](value T) (T, string) {
	type same string
	local := same(b())
	return value, strings.ToLower(string(local))
}
