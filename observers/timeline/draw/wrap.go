package draw

import (
	"strings"
	"unicode"
)

// separators are the characters after which a name may be broken.
const separators = " /.,:;-_#|"

// wrap breaks a text into lines no wider than width. It breaks after a separator in
// the second half of a line if there is one, a space or a slash first, otherwise anywhere but before a combining
// character. It leaves out spaces at the ends of lines, and nothing else.
func wrap(text string, size, width float64) []string {
	var lines []string
	runes := []rune(text)
	for len(runes) > 0 {
		n := lineLength(runes, width/size)
		if line := strings.Trim(string(runes[:n]), " "); line != "" {
			lines = append(lines, line)
		}
		runes = runes[n:]
	}
	return lines
}

// lineLength returns how many runes the first line gets: at least one.
func lineLength(runes []rune, width float64) int {
	n, used := 0, 0.0
	for n < len(runes) {
		if used += runeWidth(runes[n]); used > width {
			break
		}
		n++
	}
	if n == len(runes) {
		return n
	}
	for _, preferred := range []string{" /", separators} {
		for at := n; at > n/2; at-- {
			if strings.ContainsRune(preferred, runes[at-1]) {
				return at
			}
		}
	}
	for n > 1 && unicode.IsMark(runes[n]) {
		n--
	}
	return max(n, 1)
}
