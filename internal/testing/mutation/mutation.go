package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// mutation is one small breakage of the code.
type mutation struct {
	name   string   // what the code does wrong with it
	breaks string   // the promise that it no longer keeps
	file   string   // by its path in the module
	old    string   // occurs once in file
	new    string   // takes its place
	tests  []string // the packages whose tests must fail; by default that of file
}

// all returns the mutations of every list.
func all() []mutation {
	return slices.Concat(
		inStart, inServing, inSignals, inStop, inErrors, inConcurrent,
		inRetrier,
		inFxservices, inFxRun, inHTTPServer,
	)
}

func (m mutation) String() string { return m.file + ": " + m.name }

func (m mutation) packages() []string {
	if len(m.tests) > 0 {
		return m.tests
	}
	return []string{"./" + path.Dir(m.file)}
}

// mutate returns source with the change.
func (m mutation) mutate(source string) (string, error) {
	switch n := strings.Count(source, m.old); {
	case m.old == "" || m.old == m.new:
		return "", errors.New("changes nothing")
	case n != 1:
		return "", fmt.Errorf("found %d times instead of once: %q", n, m.old)
	}
	return strings.Replace(source, m.old, m.new, 1), nil
}

// overlay writes the changed file into dir, and returns the file that tells the go
// command to read it instead of the one in root.
func (m mutation) overlay(root, dir string) (string, error) {
	original := filepath.Join(root, m.file)
	source, err := os.ReadFile(original)
	if err != nil {
		return "", err
	}
	mutated, err := m.mutate(string(source))
	if err != nil {
		return "", err
	}
	changed := filepath.Join(dir, "changed.go")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{original: changed}})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(changed, []byte(mutated), 0o600); err != nil {
		return "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	return overlay, os.WriteFile(overlay, replace, 0o600)
}
