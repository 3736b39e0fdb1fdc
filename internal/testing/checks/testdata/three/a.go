// Package three has a cycle of three files, and one of two.
package three

// A uses b.go by a field and by a method.
func A(v B) int { return v.field + v.method() }
