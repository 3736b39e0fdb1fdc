package draw

import (
	"fmt"
	"slices"
	"strings"
)

// longestName bounds a name in a drawing, in pixels of a text of size sizeText: about
// 250 characters.
const longestName = 2000.0

// names are the texts with which a drawing names services.
type names struct {
	prefix string         // every service's name begins with it, and texts have an ellipsis instead; may be empty
	texts  map[int]string // by the index of the service
}

// newNames names services. If a name is wider than width, it takes away the prefix
// that all of them share. It shortens names that are wider than most. Services
// whose names differ have different texts.
func newNames(m *model, services []int, width, most float64) names {
	full := make([]string, len(services))
	for at, i := range services {
		full[at] = oneLine(m.Services[i].Name)
	}
	n := names{texts: make(map[int]string, len(services))}
	if slices.ContainsFunc(full, func(name string) bool { return textWidth(name, sizeText) > width }) {
		n.prefix = sharedPrefix(full)
	}
	unique := newUniqueTexts()
	for at, i := range services {
		text := full[at]
		if n.prefix != "" {
			text = ellipsis + strings.TrimPrefix(text, n.prefix)
		}
		n.texts[i] = unique.add(m.Services[i].Name, fit(text, sizeText, most))
	}
	return n
}

// legend explains the ellipsis. It is empty where no prefix was taken away.
func (n names) legend() string {
	if n.prefix == "" {
		return ""
	}
	return ellipsis + " stands for " + fit(n.prefix, sizeText, longestName)
}

// leastPrefix is the length of the shortest prefix that is worth a legend.
const leastPrefix = 8

// sharedPrefix returns the prefix that all texts share, up to a separator, so that it
// splits no word. It is empty if there is none, or if it is all of one text.
func sharedPrefix(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	// The first and the last in order differ the most.
	first, last := slices.Min(texts), slices.Max(texts)
	if first == last {
		return "" // nothing to tell apart
	}
	n := 0
	for n < min(len(first), len(last)) && first[n] == last[n] {
		n++
	}
	// The longest candidate must leave at least one byte of every text, the shortest
	// of which is first if it is a prefix of the others.
	n = min(n, len(first)-1)
	prefix := first[:strings.LastIndexAny(first[:n], separators)+1]
	if len(prefix) < leastPrefix {
		return ""
	}
	return prefix
}

// uniqueTexts gives different names different texts.
type uniqueTexts struct {
	byName map[string]string
	used   map[string]bool
	last   map[string]int // the last number that a text got
}

func newUniqueTexts() *uniqueTexts {
	return &uniqueTexts{byName: map[string]string{}, used: map[string]bool{}, last: map[string]int{}}
}

// add returns the text for a name: the one given or, if that stands for another
// name, the same with a number.
func (u *uniqueTexts) add(name, text string) string {
	if known, ok := u.byName[name]; ok {
		return known
	}
	free := text
	for number := max(u.last[text], 1); u.used[free]; {
		number++
		u.last[text] = number
		free = fmt.Sprintf("%s (%d)", text, number)
	}
	u.byName[name], u.used[free] = free, true
	return free
}
