package four

// E uses the cycle, and is no part of it.
func E() int { return A() }
