// Prepare edits the go.mod files of a checkout for a release, and prints the tags to push: the commit of the tags is the only one in
// which no module replaces another.
//
//	go run ./internal/testing/release/prepare v0.1.0
package main

import (
	"context"
	"fmt"
	"os"
	"regexp"

	"github.com/go-fxservices/services/internal/testing/release"
)

func main() {
	if len(os.Args) != 2 || !regexp.MustCompile(`^v\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?$`).MatchString(os.Args[1]) {
		fmt.Fprintln(os.Stderr, "usage: prepare v1.2.3, in the root of a checkout")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(version string) error {
	folders, err := release.Modules(".")
	if err != nil {
		return err
	}
	if err := release.Prepare(context.Background(), ".", version); err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, "Commit this, then push the tags:")
	for _, tag := range release.Tags(folders, version) {
		fmt.Fprintln(os.Stdout, "  git tag", tag)
	}
	return nil
}
