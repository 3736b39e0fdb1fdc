package timeline

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The longest name and error in the text, in runes.
const (
	maxName  = 60
	maxError = 200
)

// line returns the name of a service and, in parentheses, whatever is unusual about
// its start.
func (s Snapshot) line(i int) string {
	service := &s.Services[i]
	var attempts string
	if service.Attempts > 1 {
		attempts = fmt.Sprintf("%d attempts", service.Attempts)
	}
	var done string
	if ran, ok := service.Done(); ok {
		done = fmt.Sprintf("done after %v", rounded(ran))
	}
	about := join(", ", attempts, done, s.trouble(service))
	if about == "" {
		return oneLineName(service.Name)
	}
	return fmt.Sprintf("%s (%s)", oneLineName(service.Name), about)
}

// trouble says how far a service got that did not simply start and stop.
func (s Snapshot) trouble(service *Service) string {
	switch {
	case !service.Failed.IsZero() && !service.Ready.IsZero():
		return join(": ", "failed once it was ready", errorLine(service.Err))
	case !service.Failed.IsZero():
		return join(": ", "failed", errorLine(service.Err))
	case service.Err != nil:
		return join(": ", "stop failed", errorLine(service.Err))
	case !service.Ready.IsZero():
		return ""
	case !service.Started.IsZero():
		return took("not ready for", service.Started, s.Taken)
	case !service.StartBegan.IsZero():
		return took("still starting for", service.StartBegan, s.Taken)
	case !service.Loaded.IsZero():
		return "loaded, and not started"
	default:
		return took("still loading for", service.LoadBegan, s.Taken)
	}
}

// oneLineName keeps both ends of a long name: names of functions differ at the end.
func oneLineName(name string) string {
	runes := []rune(printable(name))
	if len(runes) <= maxName {
		return string(runes)
	}
	return string(runes[:maxName/2-1]) + "…" + string(runes[len(runes)-maxName/2:])
}

// errorLine returns the first line of an error. It is empty for nil.
func errorLine(err error) string {
	if err == nil {
		return ""
	}
	text, _, _ := strings.Cut(fmt.Sprint(err), "\n")
	return cut(printable(strings.TrimRight(text, "\r")), maxError)
}

// printable quotes a text that is empty or contains invisible runes.
func printable(text string) string {
	hidden := func(r rune) bool { return !unicode.IsPrint(r) }
	if text == "" || !utf8.ValidString(text) || strings.ContainsFunc(text, hidden) {
		return strconv.Quote(text)
	}
	return text
}

// cut shortens text to a number of runes.
func cut(text string, most int) string {
	runes := 0
	for at := range text {
		if runes++; runes == most && utf8.RuneCountInString(text[at:]) > 1 {
			return text[:at] + "…"
		}
	}
	return text
}

// rounded keeps the significant digits of a duration.
func rounded(d time.Duration) time.Duration {
	switch size := d.Abs(); {
	case size >= time.Second:
		return d.Round(time.Millisecond)
	case size >= time.Millisecond:
		return d.Round(10 * time.Microsecond)
	case size >= time.Microsecond:
		return d.Round(10 * time.Nanosecond)
	default:
		return d
	}
}
