package three

func c[T any]() (n T) {
	_ = A
	return n
}
