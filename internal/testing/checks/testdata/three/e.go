package three

// E uses d.go.
type E []D
