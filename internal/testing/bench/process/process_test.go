package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRun(t *testing.T) {
	t.Run("runs each program and compares them", func(t *testing.T) {
		var out strings.Builder
		if err := run(t.Context(), &out, 1); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != 1+len(programs) {
			t.Fatalf("printed:\n%s", out.String())
		}
		for i, p := range programs {
			fields := strings.Fields(lines[1+i])
			if name := strings.Join(fields[6:], " "); name != p.name {
				t.Errorf("printed %q instead of %q", name, p.name)
			}
			if i == reference && (fields[2] != "1.00" || fields[5] != "1.00") {
				t.Errorf("the reference has the ratios %s and %s", fields[2], fields[5])
			}
		}
	})

	t.Run("refuses less than one round", func(t *testing.T) {
		if err := run(t.Context(), t.Output(), 0); err == nil {
			t.Error("no error")
		}
	})
}

func TestMeasure(t *testing.T) {
	for name, c := range map[string]struct{ script, want string }{
		"names a program that does not listen":  {"exit 3", "it did not listen: EOF\nexit status 3"},
		"names a program that the signal kills": {"printf x >&3; exec sleep 60", "signal: terminated"},
		"names a program that fails at the end": {"trap 'exit 4' TERM; printf x >&3; while :; do sleep 0.01; done", "exit status 4"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "program")
			if err := os.WriteFile(file, []byte("#!/bin/sh\n"+c.script+"\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			if _, err := measure(t.Context(), file); err == nil || err.Error() != c.want {
				t.Errorf("the error is %v instead of %q", err, c.want)
			}
		})
	}
}

func TestTable(t *testing.T) {
	t.Run("has the median of the ratios of each round", func(t *testing.T) {
		table := newTable(3)
		table[reference] = []time.Duration{10, 100, 1000}
		table[0] = []time.Duration{20, 150, 9000}
		if ratio := table.ratio(0); ratio != 2 {
			t.Errorf("the ratio is %v", ratio)
		}
	})

	t.Run("has the middle of an even number of values", func(t *testing.T) {
		values := []time.Duration{7, 1, 3, 100}
		if m := median(values); m != 5 || values[0] != 7 {
			t.Errorf("the median of %v is %v", values, m)
		}
	})
}
