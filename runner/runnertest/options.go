package runnertest

import (
	"fmt"
	"strings"
	"time"
)

// An Option changes a test of a service. A nil Option is skipped.
type Option func(*options)

// Without leaves rules out, by the names of their subtests, with spaces or with the underscores that go test prints. A name
// that no rule has fails the test, so that a rule is never left out by mistake. It can be given many times.
func Without(rules ...string) Option {
	return func(o *options) { o.without = append(o.without, rules...) }
}

type options struct {
	without []string
	limits  limits
}

// limits are the times that a call may take. They are long, for machines that are busy: a service that keeps its promises
// needs a small part of them.
type limits struct {
	// budget is the time until the deadline of an ordinary call: the stop timeout that a Runner has by default.
	budget time.Duration

	// patience is the time that an ordinary call has to return, and a service to become ready.
	patience time.Duration

	// grace is the time to return once the context has ended, and the time that goroutines have to end. A Runner gives 150 ms;
	// the difference is for machines that are busy.
	grace time.Duration

	// moment is how long a rule watches a call that need not return, or a state that must not change.
	moment time.Duration
}

func newOptions(opts []Option) options {
	o := options{limits: limits{
		budget: 15 * time.Second, patience: 10 * time.Second, grace: 2 * time.Second, moment: 10 * time.Millisecond,
	}}
	for _, opt := range opts {
		if opt != nil {
			opt(&o)
		}
	}
	return o
}

// before shortens the limits where little time is left until the deadline of the test binary, which would end it without
// naming the rule.
func (l limits) before(deadline time.Time, ok bool) limits {
	if !ok {
		return l
	}
	left := max(time.Until(deadline)/8, l.moment)
	l.budget, l.patience, l.grace = min(l.budget, left), min(l.patience, left), min(l.grace, left)
	return l
}

// leavesOut reports whether the rule with that name is left out.
func (o *options) leavesOut(name string) bool {
	for _, left := range o.without {
		if asSubtest(left) == asSubtest(name) {
			return true
		}
	}
	return false
}

// check returns an error for a name in Without that is none of names.
func (o *options) check(test string, names []string) error {
	known := map[string]bool{}
	for _, name := range names {
		known[asSubtest(name)] = true
	}
	for _, left := range o.without {
		if !known[asSubtest(left)] {
			return fmt.Errorf("no rule is named %q; the rules of %s are:\n\t%s", left, test, strings.Join(names, "\n\t"))
		}
	}
	return nil
}

// asSubtest returns a name as go test prints it.
func asSubtest(name string) string { return strings.ReplaceAll(name, " ", "_") }
