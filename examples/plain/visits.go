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
	"sync"
	"sync/atomic"

	"github.com/go-fxservices/services/runner"
)

// Visits counts requests, and keeps the count in a file while the program does
// not run. It is a Resource, and the handler of the server that needs it.
type Visits struct {
	file  string
	count atomic.Int64

	mu      sync.Mutex
	started bool // count is that of the file, or later
}

// NewVisits returns a Visits that has not read its file yet.
func NewVisits(file string) *Visits { return &Visits{file: file} }

// Name returns "visits".
func (*Visits) Name() string { return "visits" }

// Start reads the file. Without one the count is 0. A second Start is an error, and keeps the count.
func (v *Visits) Start(context.Context) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.started {
		return runner.ErrAlreadyStarted
	}
	count, err := v.read()
	v.count.Store(count)
	v.started = err == nil
	return err
}

func (v *Visits) read() (int64, error) {
	text, err := os.ReadFile(v.file)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	count, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", v.file, err)
	}
	return count, nil
}

// Stop writes the file. The server is closed by then, so no visit is missing. Before Start there is nothing to write: the
// count in the file stays.
func (v *Visits) Stop(context.Context) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.started {
		return nil
	}
	err := os.WriteFile(v.file, fmt.Appendln(nil, v.count.Load()), 0o644)
	v.started = err != nil
	return err
}

// ServeHTTP counts and tells the count.
func (v *Visits) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintf(w, "You are visitor %d.\n", v.count.Add(1))
}
