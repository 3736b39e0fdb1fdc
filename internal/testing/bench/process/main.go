// Process measures whole processes: how long a program with one HTTP server takes from exec until it listens, and from SIGTERM
// until it has exited. The same server is run by hand, with oklog/run, with plain fx and with fxservices.
//
//	cd internal/testing/bench && go run ./process [-n rounds]
//
// It builds the programs, and runs all of them in each round, in another order each time, so that whatever else the machine
// does meets all alike. It prints the medians, and the median of the ratios to plain fx in the same round. Read the ratios: the
// times are those of one machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
)

// folder is where the programs are, one package each.
const folder = "github.com/go-fxservices/services/internal/testing/bench/process/"

// A program is one way to run the server.
type program struct{ name, pkg string }

// programs are compared with the one at reference.
var programs = []program{
	{"by hand", "plain"},
	{"oklog/run", "oklogrun"},
	{"plain fx", "plainfx"},
	{"fxservices.Run", "withservices"},
}

const reference = 2

func main() {
	rounds := flag.Int("n", 40, "run each program `n` times")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, rounds int) error {
	if rounds < 1 {
		return errors.New("-n: at least 1 round")
	}
	temp, err := os.MkdirTemp("", "process")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	binaries := make([]string, len(programs))
	for i, p := range programs {
		binaries[i] = filepath.Join(temp, p.pkg)
		build := exec.CommandContext(ctx, "go", "build", "-o", binaries[i], folder+p.pkg)
		if text, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("build %q: %w\n%s", p.name, err, text)
		}
	}
	up, down := newTable(rounds), newTable(rounds)
	const warmUp = 1 // reads the binaries from the disk
	for round := -warmUp; round < rounds; round++ {
		for turn := range programs {
			i := (turn + round + warmUp) % len(programs)
			t, err := measure(ctx, binaries[i])
			if err != nil {
				return fmt.Errorf("run %q: %w", programs[i].name, err)
			}
			if round >= 0 {
				up[i][round], down[i][round] = t.up, t.down
			}
		}
	}
	return report(out, up, down)
}
