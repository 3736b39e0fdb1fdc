package draw

import "strconv"

// count returns "1 service" or "9,500 services".
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return thousands(n) + " " + noun
}

func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	last := strconv.Itoa(1000 + n%1000)
	return thousands(n/1000) + "," + last[1:]
}
