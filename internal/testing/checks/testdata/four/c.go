package four

type c int

// next uses d.go by a variable.
func (n c) next() int { return int(n) + d }
