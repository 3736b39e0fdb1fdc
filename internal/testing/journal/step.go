package journal

import (
	"context"
	"runtime"
	"testing"
	"time"
)

// Step is the code of one call of a service: of its Start, Stop, Listen or Close.
type Step = func(context.Context) error

// Step returns a step that records a line and then takes the given steps, until one
// fails.
func (j *Journal) Step(line string, then ...Step) Step {
	return func(ctx context.Context) error {
		j.Note("%s", line)
		for _, step := range then {
			if err := step(ctx); err != nil {
				return err
			}
		}
		return nil
	}
}

// Nothing returns nil at once.
func Nothing(context.Context) error { return nil }

// UntilEnd returns nil once its context ends, like the Listen of a server that only
// its context ends.
func UntilEnd(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// Waits returns the error of its context once that ends.
func Waits(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// Exits ends its goroutine.
func Exits(context.Context) error {
	runtime.Goexit()
	return nil
}

// Fails returns a step that returns err.
func Fails(err error) Step { return func(context.Context) error { return err } }

// Panics returns a step that panics with value.
func Panics(value any) Step { return func(context.Context) error { panic(value) } }

// Takes returns a step that ignores its context and returns nil after d. It is for
// synctest bubbles.
func Takes(d time.Duration) Step {
	return func(context.Context) error {
		time.Sleep(d)
		return nil
	}
}

// Stuck returns a step that ignores its context and returns once the test is over, so
// that its goroutine is no leak.
func Stuck(t testing.TB) Step {
	t.Helper()
	end := make(chan struct{})
	t.Cleanup(func() { close(end) })
	return func(context.Context) error {
		<-end
		return nil
	}
}
