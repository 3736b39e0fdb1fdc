// Package checks holds what this repository promises about itself: which
// modules its packages may need, which files it may hold, how much of it is
// tested. The promises are the tests of this package; make check runs them.
package checks

import (
	"bufio"
	"fmt"
	"io"
	"path"
	"strings"
)

// Coverage is how many of the statements of a package were run.
type Coverage struct {
	Covered, Statements int
}

// Percent is 0 for a package without statements.
func (c Coverage) Percent() float64 {
	if c.Statements == 0 {
		return 0
	}
	return 100 * float64(c.Covered) / float64(c.Statements)
}

// ReadCoverage reads a profile that go test -coverprofile wrote and returns the
// coverage of each package, by import path. A block of code that several tests
// report counts once, and is covered if one of them ran it.
func ReadCoverage(profile io.Reader) (map[string]Coverage, error) {
	blocks := map[string]block{}
	lines := bufio.NewScanner(profile)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "mode:") {
			continue
		}
		position, b, err := parseBlock(lines.Text())
		if err != nil {
			return nil, err
		}
		b.ran = b.ran || blocks[position].ran
		blocks[position] = b
	}
	return sumPackages(blocks), lines.Err()
}

type block struct {
	statements int
	ran        bool
}

// parseBlock reads a line such as "example.com/module/file.go:10.2,12.16 3 1".
func parseBlock(line string) (position string, b block, err error) {
	var count int
	if _, err := fmt.Sscanf(line, "%s %d %d", &position, &b.statements, &count); err != nil {
		return "", block{}, fmt.Errorf("read coverage block %q: %w", line, err)
	}
	b.ran = count > 0
	return position, b, nil
}

func sumPackages(blocks map[string]block) map[string]Coverage {
	packages := map[string]Coverage{}
	for position, b := range blocks {
		file, _, _ := strings.Cut(position, ":")
		sum := packages[path.Dir(file)]
		sum.Statements += b.statements
		if b.ran {
			sum.Covered += b.statements
		}
		packages[path.Dir(file)] = sum
	}
	return packages
}
