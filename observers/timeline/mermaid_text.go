package timeline

import (
	"fmt"
	"strings"
)

// mermaidText returns a name as Mermaid shows it, cut if it is long. A digit or a
// dash at its beginning is an entity too: it could begin a date, or a list.
func mermaidText(name string) string {
	text := mermaidEscape(fit(oneLine(name), sizeText, labelWidth))
	if '0' <= text[0] && text[0] <= '9' || text[0] == '-' {
		return entityFirst(text)
	}
	return text
}

// mermaidEscape writes the characters that mean something to one of Mermaid's
// diagrams as entities: # and the number of the character.
func mermaidEscape(text string) string {
	var out strings.Builder
	for _, r := range text {
		if r < 0x80 && !isPlain(r) {
			fmt.Fprintf(&out, "#%d;", r)
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}

// isPlain reports whether an ASCII character is never part of Mermaid's syntax
// within a text. That is so for letters, digits, and a few more.
func isPlain(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune(" -_./,()", r)
}

// mermaidTask is mermaidText for the name of a task, which begins a line: its first
// character is an entity where it could begin a keyword.
func mermaidTask(name string) string {
	text := mermaidText(name)
	first, _, _ := strings.Cut(strings.ToLower(text), " ")
	for _, word := range []string{
		"gantt", "dateformat", "inclusiveenddates", "topaxis", "axisformat", "tickinterval", "includes", "excludes",
		"todaymarker", "weekday", "weekend", "title", "acc", "section", "click", "href", "call", "vert",
	} {
		if strings.HasPrefix(first, word) {
			return entityFirst(text)
		}
	}
	return text
}

func entityFirst(text string) string { return fmt.Sprintf("#%d;%s", text[0], text[1:]) }
