package three

// B is used by a.go.
type B struct{ field int }

func (B) method() int { return c[int]() }
