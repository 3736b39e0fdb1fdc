package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// mutation is one small breakage of the code.
type mutation struct {
	name   string   // the fault that it puts into the code
	breaks string   // the promise that the code no longer keeps
	at     string   // the file and line that describe the mutation
	file   string   // by its path in the module
	old    string   // occurs once in file
	new    string   // takes its place
	tests  []string // the packages whose tests must fail; by default that of file
	run    string   // a pattern of the tests of these, as -run of go test has them; "": all
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
	if n := strings.Count(source, m.old); n != 1 {
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
