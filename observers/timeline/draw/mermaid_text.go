package draw

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

// mermaidSize bounds a diagram: Mermaid refuses more than 50,000 characters, which it
// counts in UTF-16.
const mermaidSize = 49_500

// writeMermaid writes a diagram with names as long as Mermaid allows. render draws
// it with names up to a number of pixels.
func writeMermaid(w io.Writer, render func(most float64) *bytes.Buffer) error {
	const shortest = 60 // pixels, at which even the largest diagrams are small enough
	most := longestName
	out := render(most)
	for len(utf16.Encode([]rune(out.String()))) > mermaidSize && most > shortest {
		most = max(most*3/4, shortest)
		out = render(most)
	}
	_, err := w.Write(out.Bytes())
	return err
}

// mermaidLines joins the lines of a label.
func mermaidLines(lines []string) string {
	escaped := make([]string, len(lines))
	for i, line := range lines {
		escaped[i] = mermaidText(line)
	}
	return strings.Join(escaped, "<br/>")
}

// mermaidText returns a text as Mermaid shows it. It writes a digit or a dash at the
// beginning as an entity too, which could otherwise begin a date or a list.
func mermaidText(text string) string {
	escaped := mermaidEscape(text)
	if '0' <= escaped[0] && escaped[0] <= '9' || escaped[0] == '-' {
		return escapeFirst(escaped)
	}
	return escaped
}

// mermaidEscape writes the characters that belong to the syntax of one of Mermaid's
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

// isPlain reports whether an ASCII character is never part of Mermaid's syntax inside
// a text.
func isPlain(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune(" -_./,()", r)
}

// mermaidTask is mermaidText for the name of a task, which begins a line: it also
// writes the first character as an entity where it could begin a keyword.
func mermaidTask(name string) string {
	text := mermaidText(name)
	first, _, _ := strings.Cut(strings.ToLower(text), " ")
	for _, word := range []string{
		"gantt", "dateformat", "inclusiveenddates", "topaxis", "axisformat", "tickinterval", "includes", "excludes",
		"todaymarker", "weekday", "weekend", "title", "acc", "section", "click", "href", "call", "vert",
	} {
		if strings.HasPrefix(first, word) {
			return escapeFirst(text)
		}
	}
	return text
}

// escapeFirst writes the first character, which is ASCII, as an entity.
func escapeFirst(text string) string { return fmt.Sprintf("#%d;%s", text[0], text[1:]) }
