package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/go-fxservices/services/internal/testing/bench/process/web"
)

// settled is how long a program serves before it gets the signal: some listen for signals only after the server listens.
const settled = 20 * time.Millisecond

// times are those of one process.
type times struct {
	up   time.Duration // from exec until it listens
	down time.Duration // from SIGTERM until it has exited
}

// measure runs a program once. A program that does not exit with 0 is an error.
func measure(ctx context.Context, binary string) (t times, err error) {
	ready, write, err := os.Pipe()
	if err != nil {
		return t, err
	}
	defer ready.Close()
	process := exec.CommandContext(ctx, binary)
	const first = 3 // of the descriptors of ExtraFiles
	process.ExtraFiles = []*os.File{write}
	process.Env = append(os.Environ(), fmt.Sprintf("%s=%d", web.ReadyKey, first))
	process.Stderr = os.Stderr
	began := time.Now()
	if err := errors.Join(process.Start(), write.Close()); err != nil {
		return t, err
	}
	if _, err := ready.Read(make([]byte, 1)); err != nil { // the program has ended
		return t, errors.Join(fmt.Errorf("it did not listen: %w", err), process.Wait())
	}
	t.up = time.Since(began)
	time.Sleep(settled)
	began = time.Now()
	if err := process.Process.Signal(syscall.SIGTERM); err != nil {
		return t, errors.Join(err, process.Wait())
	}
	err = process.Wait()
	t.down = time.Since(began)
	return t, err
}
