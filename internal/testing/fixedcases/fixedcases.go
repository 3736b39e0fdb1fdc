// Package fixedcases lets tests of random cases play the same ones every time.
package fixedcases

import (
	"flag"
	"strconv"
	"testing"
)

// Use lets rapid draw n cases from a fixed seed for the rest of the test, unless the
// command line says how many: then it draws others.
func Use(t testing.TB, n int) {
	t.Helper()
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if given["rapid.checks"] {
		return
	}
	for name, value := range map[string]string{
		"rapid.checks": strconv.Itoa(n), "rapid.seed": "1", "rapid.nofailfile": "true",
	} {
		f := flag.Lookup(name)
		if f == nil {
			t.Fatalf("no flag %s: the test does not use rapid", name)
		}
		if given[name] {
			continue
		}
		was := f.Value.String()
		if err := f.Value.Set(value); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Value.Set(was) }) // which it has held before
	}
}
