package none

import "strings"

func b() string {
	type same string
	local := same("B")
	return strings.ToUpper(string(local))
}
