package runnertest

import (
	"fmt"
	"runtime/debug"
	"slices"
	"testing"

	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/runner"
)

// subject is a service under test, with the calls that bring it up and down as a Runner does.
type subject interface {
	core() *instance
	up() *breach   // until it is started and ready
	down() *breach // until it has released everything
	tidy()         // stops it in any state, and waits no longer than necessary
}

// requireService ends the test of a service that is nil.
func requireService(t *testing.T, s runner.Service) {
	t.Helper()
	if identity.IsNil(s) {
		t.Fatal("the function that makes the service returned nil")
	}
}

// rule is a promise that a service has to keep.
type rule[S subject] struct {
	name        string // of its subtest
	promise     string
	consequence string // of breaking it, for those who use the service
	check       func(*trial[S]) *breach
}

// suite tests services of one kind. The first rule is that the service works at all: the others are judged only if it does.
type suite[S subject] struct {
	test    string // the function that the user has called
	rules   []rule[S]
	create  func(t *testing.T, i instance) S // may end the test
	options options

	results  map[string]*breach // of the rules that were checked, by name
	reported bool               // the first rule has a subtest
}

func (s *suite[S]) run(t *testing.T) {
	t.Helper()
	var names []string
	for _, r := range s.rules {
		names = append(names, r.name)
	}
	if err := s.options.check(s.test, names); err != nil {
		t.Fatal(err)
	}
	for _, r := range s.rules {
		if !s.options.leavesOut(r.name) {
			t.Run(r.name, func(t *testing.T) { s.judge(t, r) })
		}
	}
}

// judge is the subtest of a rule.
func (s *suite[S]) judge(t *testing.T, r rule[S]) {
	if first := s.rules[0]; r.name == first.name {
		s.reported = true
	} else if b := s.result(t, first); b != nil {
		s.notJudged(t, b)
		return
	}
	switch b := s.result(t, r); {
	case b == nil:
	case b.notFor:
		t.Skipf("the rule is not for this service: %s", b.what)
	case b.unless != "" && s.resultOf(t, b.unless) != nil:
		t.Skipf("not judged, because the service breaks the rule %q: %s", b.unless, b.what)
	default:
		t.Error(b.with("promise:     " + r.promise + "\nconsequence: " + r.consequence))
	}
}

// notJudged ends the subtest of a rule for a service that does not work at all.
func (s *suite[S]) notJudged(t *testing.T, b *breach) {
	if s.reported {
		t.Skipf("not judged, because the service breaks the rule %q", s.rules[0].name)
	}
	t.Fatal(b.with(fmt.Sprintf("the service breaks the rule %q", s.rules[0].name)))
}

// result checks a rule, unless it has been checked, and returns the result.
func (s *suite[S]) result(t *testing.T, r rule[S]) *breach {
	if b, done := s.results[r.name]; done {
		return b
	}
	tr := &trial[S]{t: t, suite: s, id: newID()}
	b := tr.check(r)
	if s.results == nil {
		s.results = map[string]*breach{}
	}
	s.results[r.name] = b
	return b
}

// resultOf is result for the rule with that name.
func (s *suite[S]) resultOf(t *testing.T, name string) *breach {
	at := slices.IndexFunc(s.rules, func(r rule[S]) bool { return r.name == name })
	return s.result(t, s.rules[at])
}

// trial is one check of one rule.
type trial[S subject] struct {
	t       *testing.T
	suite   *suite[S]
	id      string // the value of ruleLabel
	current *S     // the service that was made last
}

// check checks a rule. A panic is one of Unwrap: all other methods have calls of their own.
func (tr *trial[S]) check(r rule[S]) (b *breach) {
	defer tr.end()
	defer func() {
		if value := recover(); value != nil {
			b = broken("a method of the service panicked: %v", value)
			b.stack = fromPanic(string(debug.Stack()))
		}
	}()
	return r.check(tr)
}

// keeps reports whether the service keeps another rule, for what makes sense only then.
func (tr *trial[S]) keeps(rule string) bool { return tr.suite.resultOf(tr.t, rule) == nil }

// fresh returns a new service. It stops the one before it: no two are up at the same time, as they may use the same address.
func (tr *trial[S]) fresh() S {
	tr.end()
	limits := tr.suite.options.limits.before(tr.t.Deadline())
	leaks := tr.suite.results[leavesNoGoroutine] != nil
	s := tr.create(instance{rule: tr.id, base: tr.t.Context(), limits: limits, leaks: leaks})
	tr.current = &s
	return s
}

// create makes a service on the goroutine of the test, without labels: what the test itself starts there belongs to the
// test. A panic ends the subtest only.
func (tr *trial[S]) create(i instance) S {
	defer func() {
		if value := recover(); value != nil {
			tr.t.Fatalf("the function that makes the service panicked: %v\n\n%s", value, debug.Stack())
		}
	}()
	return tr.suite.create(tr.t, i)
}

// end stops the service that was made last, whatever its state.
func (tr *trial[S]) end() {
	if tr.current != nil {
		(*tr.current).tidy()
		tr.current = nil
	}
}
