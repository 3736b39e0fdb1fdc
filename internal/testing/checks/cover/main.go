// Cover fails when the tests of a package reach too few of its statements.
//
//	go run ./internal/testing/checks/cover -min 95 -profile cover.out example.com/module/package ...
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/go-fxservices/services/internal/testing/checks"
)

func main() {
	minimum := flag.Float64("min", 95, "the least `percentage` of statements")
	profile := flag.String("profile", "cover.out", "the `file` that go test -coverprofile wrote")
	flag.Parse()
	if err := run(*profile, *minimum, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(profile string, minimum float64, packages []string) error {
	file, err := os.Open(profile)
	if err != nil {
		return err
	}
	defer file.Close()
	coverage, err := checks.ReadCoverage(file)
	if err != nil {
		return err
	}
	low := 0
	for _, name := range packages {
		percent := coverage[name].Percent()
		fmt.Printf("%6.1f%% %s\n", percent, name)
		if percent < minimum {
			low++
		}
	}
	if low > 0 {
		return fmt.Errorf("%d of %d packages have under %v%% of their statements covered", low, len(packages), minimum)
	}
	return nil
}
