package three

// D uses e.go.
type D interface{ e() E }
