package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// block collects the lines that describe one mutation.
type block struct {
	at       string // the file and line where it begins
	values   map[string]string
	old, new []string
}

func (b *block) add(line string) error {
	switch line[0] {
	case '-':
		if b.new != nil {
			return fmt.Errorf("old text after new text: %q", line)
		}
		b.old = append(b.old, line[1:])
	case '+':
		b.new = append(b.new, line[1:])
	default:
		return b.set(line)
	}
	return nil
}

// set keeps the value of a line such as "file: runner/run.go".
func (b *block) set(line string) error {
	key, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	switch key {
	case "mutation", "breaks", "file", "tests", "run":
	default:
		return fmt.Errorf("unknown key: %q", line)
	}
	switch {
	case b.old != nil || b.new != nil:
		return fmt.Errorf("%s after the text: a blank line is missing", key)
	case b.values[key] != "":
		return fmt.Errorf("%s is given twice", key)
	case value == "":
		return fmt.Errorf("%s has no value", key)
	}
	b.values[key] = value
	return nil
}

// mutation returns the mutation once all its lines are added.
func (b *block) mutation() (mutation, error) {
	for _, key := range []string{"mutation", "breaks", "file"} {
		if b.values[key] == "" {
			return mutation{}, fmt.Errorf("%s is missing", key)
		}
	}
	if _, err := regexp.Compile(b.values["run"]); err != nil {
		return mutation{}, fmt.Errorf("run: %w", err)
	}
	old, changed := strings.Join(b.old, "\n"), strings.Join(b.new, "\n")
	switch old {
	case "":
		return mutation{}, errors.New("the old text is missing")
	case changed:
		return mutation{}, errors.New("the new text is the old one")
	}
	return mutation{
		name: b.values["mutation"], breaks: b.values["breaks"], at: b.at,
		file: b.values["file"], old: old, new: changed, tests: strings.Fields(b.values["tests"]), run: b.values["run"],
	}, nil
}
