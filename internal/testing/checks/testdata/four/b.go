package four

func b() int { return c(0).next() }
