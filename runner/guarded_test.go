package runner_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// guarded is inBubble for a promise that, where it is broken, leaves everything blocked for ever: the test then fails
// alone, and the other tests go on.
func guarded(t *testing.T, name string, test func(*testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		defer func() {
			if blocked := recover(); blocked != nil {
				t.Errorf("%v", blocked)
			}
		}()
		synctest.Test(t, test)
	})
}

// returnsIn requires that fn returns in less than d, and returns its error. It is for bubbles.
func returnsIn(t *testing.T, d time.Duration, fn func() error) error {
	t.Helper()
	result := make(chan error, 1)
	go func() { result <- fn() }()
	select {
	case err := <-result:
		return err
	case <-time.After(d):
		require.FailNow(t, "it has not returned", "after %v", d)
		return nil
	}
}

var errPanicked = errors.New("panicked")

// recovering calls fn, and makes an error of a panic.
func recovering(fn func() error) (err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("%w: %v", errPanicked, panicked)
		}
	}()
	return fn()
}
