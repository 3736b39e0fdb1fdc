// Package four has a cycle of four files: each uses the next, and the last the first.
package four

const first = 1

// A uses b.go by a function.
func A() int { return b() }
