package draw

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// Sizes of text, in pixels.
const (
	sizeText   = 12.0
	sizeSmall  = 11.0
	lineHeight = 14.0 // of text of size sizeText
	boldness   = 1.15 // how much wider bold text is
)

const ellipsis = "…"

// oneLine returns a name that fits into a line of text: valid UTF-8, with single
// spaces, and without characters that control the text around them.
func oneLine(name string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r&0xfffe == 0xfffe:
			return unicode.ReplacementChar
		default:
			return r
		}
	}, strings.ToValidUTF8(name, string(unicode.ReplacementChar)))
	clean = strings.Join(strings.Fields(clean), " ")
	if clean == "" {
		return "(no name)"
	}
	return clean
}

// fit returns the text, with an ellipsis in its middle if it would be wider than
// width: the ends of names say more than the middle.
func fit(text string, size, width float64) string {
	if textWidth(text, size) <= width {
		return text
	}
	runes := []rune(text)
	head, tail := 0, len(runes)
	room := width/size - textWidth(ellipsis, 1)
	for takeHead := true; ; takeHead = !takeHead {
		next := runes[tail-1]
		if takeHead {
			next = runes[head]
		}
		if room -= runeWidth(next); room < 0 {
			dangles := func(r rune) bool { return r == ' ' || unicode.IsMark(r) }
			return strings.TrimRight(string(runes[:head]), " ") + ellipsis + strings.TrimLeftFunc(string(runes[tail:]), dangles)
		}
		if takeHead {
			head++
		} else {
			tail--
		}
	}
}

// textWidth returns an upper bound of the width of the text in the common sans-serif
// fonts.
func textWidth(text string, size float64) float64 {
	var width float64
	for _, r := range text {
		width += runeWidth(r)
	}
	return width * size
}

// runeWidth returns an upper bound of the width of a rune, in units of the font size.
func runeWidth(r rune) float64 {
	switch {
	case r == ' ':
		return 0.36
	case strings.ContainsRune("ijlIfrt.,:;'|!()[]{}/-·", r):
		return 0.46
	case strings.ContainsRune("mwMW@%…", r):
		return 1.1
	case unicode.IsLower(r) && r < 0x80, unicode.IsDigit(r) && r < 0x80:
		return 0.64
	case r < 0x80:
		return 0.84
	case r < 0x250:
		return 1
	case r < 0x1100:
		return 1.2
	default:
		return 1.4
	}
}

// writeXML escapes the text, and replaces characters that XML forbids.
func writeXML(w io.Writer, text string) {
	_ = xml.EscapeText(w, []byte(text)) // w is a buffer
}

// errorText returns the text of an error. fmt recovers one whose Error panics.
func errorText(err error) string { return fmt.Sprint(err) }
