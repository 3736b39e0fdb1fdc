package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
)

// Visits counts requests, and keeps the count in a file while the program does
// not run. It is a Resource, and the handler of the server that needs it.
type Visits struct {
	file  string
	count atomic.Int64
}

// NewVisits returns a Visits that has not read its file yet.
func NewVisits(file string) *Visits { return &Visits{file: file} }

// Name returns "visits".
func (*Visits) Name() string { return "visits" }

// Start reads the file. Without one the count is 0.
func (v *Visits) Start(context.Context) error {
	text, err := os.ReadFile(v.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	count, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return fmt.Errorf("%s: %w", v.file, err)
	}
	v.count.Store(count)
	return nil
}

// Stop writes the file. The server is closed by then, so no visit is missing.
func (v *Visits) Stop(context.Context) error {
	return os.WriteFile(v.file, fmt.Appendln(nil, v.count.Load()), 0o644)
}

// ServeHTTP counts and tells the count.
func (v *Visits) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintf(w, "You are visitor %d.\n", v.count.Add(1))
}
