package runner

import (
	"bytes"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxStackWait is how long the error of an abandoned call waits for its stack.
const maxStackWait = 50 * time.Millisecond

// stacks takes goroutine profiles, which are how the stack of an abandoned call is found. A profile looks at every
// goroutine of the process, so one serves all calls that ask for it while it is to come. It runs on a goroutine of its own:
// nothing waits for it but the report of the abandoned call.
type stacks struct {
	mu      sync.Mutex
	current *profile // running; nil: none
	next    *profile // begins once current is done
}

// profile is one look at all goroutines.
type profile struct {
	began     time.Time
	done      chan struct{}
	byService map[string][][]byte // once done is closed
}

// after returns a profile that is taken after t.
func (s *stacks) after(t time.Time) *profile {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.current == nil:
		s.current = &profile{done: make(chan struct{})}
		s.begin()
		return s.current
	case s.current.began.After(t):
		return s.current
	case s.next == nil:
		s.next = &profile{done: make(chan struct{})}
	}
	return s.next
}

// begin takes the current profile. The caller has locked mu.
func (s *stacks) begin() {
	p := s.current
	p.began = time.Now()
	go func() {
		defer s.finish()
		p.take()
	}()
}

func (s *stacks) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.current.done)
	s.current, s.next = s.next, nil
	if s.current != nil {
		s.begin()
	}
}

func (p *profile) take() {
	var text bytes.Buffer
	if pprof.Lookup("goroutine").WriteTo(&text, 1) != nil {
		return
	}
	p.byService = make(map[string][][]byte)
	for record := range bytes.SplitSeq(text.Bytes(), []byte("\n\n")) {
		if name, ok := serviceOf(record); ok {
			p.byService[name] = append(p.byService[name], bytes.TrimSpace(record))
		}
	}
}

// isDone reports whether the profile has been taken.
func (p *profile) isDone() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// wait returns once the profile has been taken, or the time is over.
func (p *profile) wait(atMost <-chan time.Time) {
	select {
	case <-p.done:
	case <-atMost:
	}
}

// of returns the stacks of the goroutines that work for the named service, in the form of the goroutine profile. It
// returns nil before the profile is done.
func (p *profile) of(name string) []byte {
	if !p.isDone() {
		return nil
	}
	return bytes.Join(p.byService[name], []byte("\n\n"))
}

// serviceOf returns the value of our label in one record of a profile. Its line of labels reads
//
//	# labels: {"key":"value", "service":"db"}
func serviceOf(record []byte) (name string, ok bool) {
	_, line, found := bytes.Cut(record, []byte("\n# labels: {"))
	if !found {
		return "", false
	}
	line, _, _ = bytes.Cut(line, []byte("\n"))
	for rest := string(line); ; {
		key, after, ok := quoted(rest)
		if !ok {
			return "", false
		}
		value, after, ok := quoted(strings.TrimPrefix(after, ":"))
		if !ok || key == labelKey {
			return value, ok
		}
		rest = strings.TrimPrefix(after, ", ")
	}
}

// quoted returns the quoted string that text begins with, and the rest of it.
func quoted(text string) (value, rest string, ok bool) {
	prefix, err := strconv.QuotedPrefix(text)
	if err != nil {
		return "", "", false
	}
	value, err = strconv.Unquote(prefix)
	return value, text[len(prefix):], err == nil
}
