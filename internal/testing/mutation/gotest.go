package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// goTest runs the tests of packages.
type goTest struct {
	root string // of the module
	temp string // for what the go command and the tests write
}

// flags are those of single packages. FuzzName looks for a function that is inlined.
// TestCycles measures memory, and takes longer than all other tests of fxservices.
var flags = map[string][]string{
	"./runner":     append([]string{"-skip=^FuzzName$"}, fewRandomCases...),
	"./fxservices": append([]string{"-skip=^TestCycles$"}, fewRandomCases...),
}

// fewRandomCases are the same every time, and are not made smaller once one fails.
var fewRandomCases = []string{
	"-rapid.checks=200", "-rapid.seed=1", "-rapid.nofailfile", "-rapid.shrinktime=0s",
}

// quickBuild does not inline, which takes half of the time or less.
const quickBuild = "-gcflags=-l"

// run tests one package; dir is for what it writes, overlay may be "", and so may tests, a pattern, for all. The tests and
// the processes that they have started end with it, and with ctx.
func (g goTest) run(ctx context.Context, dir, overlay, pkg, tests string, timeout time.Duration) (report, error) {
	args := []string{"test", "-json", "-vet=off", "-count=1", "-failfast", "-timeout=" + timeout.String(), quickBuild}
	if overlay != "" {
		args = append(args, "-overlay="+overlay)
	}
	args = append(args, "-run="+tests, pkg)
	cmd := command(ctx, "go", append(args, flags[pkg]...)...)
	cmd.Dir = g.root
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOTMPDIR="+dir, "TMPDIR="+dir)
	var out, messages bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &messages
	err := cmd.Run()
	_ = killGroup(cmd) // what a test has left behind
	if ctx.Err() != nil {
		return report{}, ctx.Err()
	}
	failed := (*exec.ExitError)(nil)
	if err != nil && !errors.As(err, &failed) {
		return report{}, err
	}
	return newReport(&out, messages.String(), err == nil), nil
}

// command is a program in a process group of its own, which ends with ctx.
func command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	ownGroup(cmd)
	cmd.Cancel = func() error { return killGroup(cmd) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// moduleRoot returns the folder of the module of the working directory.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	return filepath.Dir(strings.TrimSpace(string(out))), nil
}
