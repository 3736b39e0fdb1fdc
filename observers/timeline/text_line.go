package timeline

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// What the text has room for, in runes.
const (
	maxName  = 60
	maxError = 200
)

// line is the name of a service, and what else there is to say of its start.
func (s *Snapshot) line(i int) string {
	service := &s.Services[i]
	var attempts string
	if service.Attempts > 1 {
		attempts = fmt.Sprintf("%d attempts", service.Attempts)
	}
	about := join(", ", attempts, s.trouble(service))
	if about == "" {
		return oneLineName(service.Name)
	}
	return fmt.Sprintf("%s (%s)", oneLineName(service.Name), about)
}

// trouble says how far the service got, unless it just started and stopped.
func (s *Snapshot) trouble(service *Service) string {
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

// oneLineName leaves both ends of a long name: those of functions differ at the last.
func oneLineName(name string) string {
	runes := []rune(printable(name))
	if len(runes) <= maxName {
		return string(runes)
	}
	return string(runes[:maxName/2-1]) + "…" + string(runes[len(runes)-maxName/2:])
}

// errorLine is the first line of an error, and empty for nil.
func errorLine(err error) string {
	if err == nil {
		return ""
	}
	text, _, _ := strings.Cut(fmt.Sprint(err), "\n")
	return cut(printable(strings.TrimRight(text, "\r")), maxError)
}

// printable quotes what is empty, or has runes that can't be seen as they are.
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

// rounded leaves of a duration the digits that matter.
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
