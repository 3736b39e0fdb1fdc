// Mutation breaks the code in small ways, one at a time, and sees the tests fail.
//
//	go run ./internal/testing/mutation [-run regexp] [-j n] [-v]
//
// Each mutation, described in the folder mutations, replaces a text in one file: it
// drops a wait, or loses an error. The tests run with go test -overlay, on a copy of
// that file in a temporary folder, so the checkout stays as it is. A mutation that
// survives breaks a promise that no test checks.
//
// The program exits with 1 if a mutation survived or could not be tried: its text is
// not there any more, it does not compile, or the tests fail without it. On an
// interrupt it ends what it has started.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"
)

func main() {
	pattern := flag.String("run", "", "try the mutations whose file and name match `regexp`")
	parallel := flag.Int("j", 2, "try `n` mutations at the same time")
	verbose := flag.Bool("v", false, "show what the tests printed, and the promises")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *pattern, *parallel, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, pattern string, parallel int, verbose bool) error {
	wanted, err := regexp.Compile(pattern)
	if err != nil {
		return fmt.Errorf("-run: %w", err)
	}
	all, err := read(embedded)
	if err != nil {
		return err
	}
	mutations := matching(all, wanted)
	if len(mutations) == 0 {
		return errors.New("no mutation matches")
	}
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "mut")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	t := &trial{
		goTest: goTest{root: root, temp: temp}, out: os.Stdout, slack: 10 * time.Second,
		parallel: parallel, verbose: verbose,
	}
	return t.try(ctx, mutations)
}

func matching(list []mutation, wanted *regexp.Regexp) []mutation {
	var found []mutation
	for _, m := range list {
		if wanted.MatchString(m.String()) {
			found = append(found, m)
		}
	}
	return found
}
