package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// trial tries mutations, and prints a line for each as soon as it knows.
type trial struct {
	goTest
	out      io.Writer
	slack    time.Duration // with tests beyond five times what they took without a mutation
	parallel int
	verbose  bool
	timeouts map[string]time.Duration // of packages

	mu      sync.Mutex
	results []result
}

// result is how a mutation has fared.
type result struct {
	mutation
	verdict verdict
	detail  string // what caught it, or why it could not be tried
	output  string // of the tests
	took    time.Duration
}

type verdict string

const (
	caught   verdict = "caught"
	survived verdict = "SURVIVED"
	invalid  verdict = "INVALID"
)

// try returns nil if the tests pass without the mutations, and catch each of them.
func (t *trial) try(ctx context.Context, mutations []mutation) error {
	began := time.Now()
	if err := t.unchanged(ctx, mutations); err != nil {
		return err
	}
	t.each(ctx, mutations)
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted after %d of %d mutations", len(t.results), len(mutations))
	}
	fmt.Fprintf(t.out, "%d mutations, %d caught, in %v\n", len(mutations), t.count(caught), time.Since(began).Round(time.Second))
	if n, m := t.count(survived), t.count(invalid); n+m > 0 {
		return fmt.Errorf("%d mutations survived, %d could not be tried", n, m)
	}
	return nil
}

// unchanged runs the tests without a mutation: they must pass. The time they take
// tells when a mutation has made them hang.
func (t *trial) unchanged(ctx context.Context, mutations []mutation) error {
	patterns := map[string][]string{}
	for _, m := range mutations {
		for _, pkg := range m.packages() {
			patterns[pkg] = append(patterns[pkg], m.run)
		}
	}
	t.timeouts = map[string]time.Duration{}
	for _, pkg := range slices.Sorted(maps.Keys(patterns)) {
		r, err := t.run(ctx, t.temp, "", pkg, anyOf(patterns[pkg]), 5*time.Minute)
		if err != nil {
			return err
		}
		if !r.passed {
			return fmt.Errorf("%s\nthe tests of %s fail without a mutation", r.output, pkg)
		}
		t.timeouts[pkg] = t.slack + time.Duration(5*r.seconds*float64(time.Second))
	}
	return nil
}

// anyOf returns a pattern of the tests that one of patterns selects.
func anyOf(patterns []string) string {
	if slices.Contains(patterns, "") {
		return ""
	}
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(patterns))), "|")
}

// each tries the mutations, some at the same time, until all are tried or ctx ends.
func (t *trial) each(ctx context.Context, mutations []mutation) {
	var workers sync.WaitGroup
	next := make(chan mutation)
	for range max(t.parallel, 1) {
		workers.Go(func() {
			for m := range next {
				t.record(ctx, t.one(ctx, m))
			}
		})
	}
	for _, m := range mutations {
		if ctx.Err() == nil {
			next <- m
		}
	}
	close(next)
	workers.Wait()
}

// one tries one mutation, in a folder of its own.
func (t *trial) one(ctx context.Context, m mutation) result {
	r := result{mutation: m, verdict: survived}
	began := time.Now()
	err := t.test(ctx, &r)
	if err != nil {
		r.verdict, r.detail = invalid, err.Error()
	}
	r.took = time.Since(began)
	return r
}

var errNotCompiled = errors.New("does not compile")

func (t *trial) test(ctx context.Context, r *result) error {
	dir, err := os.MkdirTemp(t.temp, "")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	overlay, err := r.overlay(t.root, dir)
	if err != nil {
		return err
	}
	for _, pkg := range r.packages() {
		found, err := t.run(ctx, dir, overlay, pkg, r.run, t.timeouts[pkg])
		if err != nil {
			return err
		}
		r.output = found.output
		if !found.compiled {
			return errNotCompiled
		}
		if !found.passed {
			r.verdict, r.detail = caught, found.by()
			return nil
		}
	}
	return nil
}

// record keeps and prints a result, unless it is that of an interrupt.
func (t *trial) record(ctx context.Context, r result) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if ctx.Err() != nil {
		return
	}
	t.results = append(t.results, r)
	line := fmt.Sprintf("%-8s %5.1fs  %v", r.verdict, r.took.Seconds(), r.mutation)
	if r.detail != "" {
		line += " - " + r.detail
	}
	fmt.Fprintln(t.out, line)
	if t.verbose || r.verdict != caught {
		fmt.Fprintf(t.out, "%17sbreaks: %s (%s)\n", "", r.breaks, r.at)
	}
	if t.verbose || r.verdict == invalid {
		fmt.Fprintln(t.out, strings.TrimSpace(r.output))
	}
}

func (t *trial) count(v verdict) (n int) {
	for _, r := range t.results {
		if r.verdict == v {
			n++
		}
	}
	return n
}
