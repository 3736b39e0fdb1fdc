package runnertest

import "fmt"

// breach is how a service has broken a rule. A nil breach means that it has kept it.
type breach struct {
	what   string
	stack  string // of the goroutine that shows it; "": none does
	unless string // counts only if the service keeps this rule; "": always counts
	notFor bool   // the rule is about something that the service does not have
}

// The names of the rules that unless names.
const (
	leavesNoGoroutine = "leaves no goroutine"
	startsAgain       = "starts again after Stop"
	stopBeforeStart   = "survives Stop before Start"
	listensAgain      = "listens again after Close"
	closeBeforeListen = "survives Close before Listen"
	runsAgain         = "runs again"
)

// with returns the text of a breach, with more about it before the stack.
func (b *breach) with(more string) string {
	text := b.what + "\n\n" + more
	if b.stack != "" {
		text += "\n\n" + b.stack
	}
	return text
}

func broken(format string, args ...any) *breach { return &breach{what: fmt.Sprintf(format, args...)} }

// notFor is the result of a rule for services that have a capability.
func notFor(capability string) *breach { return &breach{what: "it is no " + capability, notFor: true} }

// after adds to a breach when it happened. nil stays nil, here and in unless.
func after(when string, b *breach) *breach {
	if b != nil {
		b.what = fmt.Sprintf("after %s: %s", when, b.what)
	}
	return b
}

// unless makes a breach count only for a service that keeps another rule, which the same fault breaks, too.
func unless(rule string, b *breach) *breach {
	if b != nil {
		b.unless = rule
	}
	return b
}

// firstOf makes calls until one breaks the rule.
func firstOf(calls ...func() *breach) *breach {
	for _, call := range calls {
		if b := call(); b != nil {
			return b
		}
	}
	return nil
}
