package main

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed mutations/*.txt
var embedded embed.FS

// read returns the mutations of every text file in the folder mutations.
func read(fsys fs.FS) ([]mutation, error) {
	files, err := fs.Glob(fsys, "mutations/*.txt")
	if err != nil {
		return nil, err
	}
	var all []mutation
	for _, file := range files {
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, err
		}
		mutations, err := parse(file, string(text))
		if err != nil {
			return nil, err
		}
		all = append(all, mutations...)
	}
	return all, nil
}

// parse reads the text of one file; its errors begin with file and line.
//
// A block of lines describes a mutation; a blank line ends the block. Lines that begin
// with a minus are the old text, lines that begin with a plus the new one. Either text
// may begin and end in the middle of a line of the code, and without new text the old
// one is only removed. A line that begins with # is a comment.
//
//	mutation: the last failure is lost
//	breaks:   the error joins the reason and the last failure
//	file:     retrier/retry.go
//	tests:    ./retrier ./fxservices
//	run:      TestRetry/joins
//	-return errors.Join(reason, failure)
//	+return reason
//
// The tests of one of these packages must fail; by default those beside the file. With run only the tests that this pattern
// selects are tried, as -run of go test does: where a package has many, that takes a fraction of the time.
func parse(file, text string) ([]mutation, error) {
	var found []mutation
	var current *block
	number := 0
	for line := range strings.SplitSeq(text+"\n", "\n") { // a blank line ends the last block too
		number++
		at := fmt.Sprintf("%s:%d", file, number)
		switch {
		case strings.HasPrefix(line, "#"):
		case line != "":
			if current == nil {
				current = &block{at: at, values: map[string]string{}}
			}
			if err := current.add(line); err != nil {
				return nil, fmt.Errorf("%s: %w", at, err)
			}
		case current != nil:
			m, err := current.mutation()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", current.at, err)
			}
			found = append(found, m)
			current = nil
		}
	}
	return found, nil
}
