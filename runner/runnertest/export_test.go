package runnertest

import "time"

// Limits replaces the time that an ordinary call has to return, and the grace after the end of a context.
func Limits(patience, grace time.Duration) Option {
	return func(o *options) { o.limits.patience, o.limits.grace = patience, grace }
}

// Rule is a rule of one of the tests.
type Rule struct{ Test, Name, Promise, Consequence string }

// Rules returns all rules, in order.
func Rules() (all []Rule) {
	for _, r := range resourceRules() {
		all = append(all, Rule{"TestResource", r.name, r.promise, r.consequence})
	}
	for _, r := range serverRules() {
		all = append(all, Rule{"TestServer", r.name, r.promise, r.consequence})
	}
	for _, r := range jobRules() {
		all = append(all, Rule{"TestJob", r.name, r.promise, r.consequence})
	}
	return all
}
