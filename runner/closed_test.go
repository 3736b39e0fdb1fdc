package runner_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/go-fxservices/services/runner"
	"github.com/stretchr/testify/require"
)

// manyError wraps any number of errors, none included.
type manyError struct{ errs []error }

func (e *manyError) Error() string   { return fmt.Sprintf("%d errors", len(e.errs)) }
func (e *manyError) Unwrap() []error { return e.errs }

// whenClosed returns what Finish does when Listen returns err after Close.
func whenClosed(t *testing.T, err error, opts ...runner.StarterOption) error {
	t.Helper()
	r := newRunner(opts...)
	require.NoError(t, r.Start(t.Context(), runner.NewServer("api", func(ctx context.Context) error {
		<-ctx.Done()
		return err
	}, nil)))
	return r.Finish(t.Context())
}

func TestListenThatWasClosed(t *testing.T) {
	for name, err := range map[string]error{
		"context.Canceled":       context.Canceled,
		"net.ErrClosed":          net.ErrClosed,
		"what wraps it":          fmt.Errorf("serve: %w", net.ErrClosed),
		"what net returns":       &net.OpError{Op: "accept", Net: "tcp", Err: net.ErrClosed},
		"a join of nothing else": errors.Join(context.Canceled, fmt.Errorf("accept: %w", net.ErrClosed)),
	} {
		t.Run(name+" is not an error", func(t *testing.T) {
			require.NoError(t, whenClosed(t, err))
		})
	}

	for name, err := range map[string]error{
		"any other":                    errBoom,
		"one that is joined to it":     errors.Join(context.Canceled, errBoom),
		"one that wraps both":          fmt.Errorf("%w: %w", net.ErrClosed, errBoom),
		"the end of a deadline":        context.DeadlineExceeded,
		"one that could wrap, but not": &manyError{},
	} {
		t.Run(name+" is an error", func(t *testing.T) {
			requireServiceError(t, whenClosed(t, err), runner.OpListen, "api", err)
		})
	}
}

func TestWithClosedErrors(t *testing.T) {
	errClosed, errGone := errors.New("closed"), errors.New("gone")
	option := runner.WithClosedErrors(errClosed)

	t.Run("adds an error that says no more than closed", func(t *testing.T) {
		require.NoError(t, whenClosed(t, fmt.Errorf("serve: %w", errClosed), option))
	})

	t.Run("keeps those that always do", func(t *testing.T) {
		require.NoError(t, whenClosed(t, net.ErrClosed, option))
	})

	t.Run("adds up", func(t *testing.T) {
		require.NoError(t, whenClosed(t, errors.Join(errClosed, errGone, context.Canceled), option, runner.WithClosedErrors(errGone)))
	})

	t.Run("knows an error that wraps another by itself", func(t *testing.T) {
		errWraps := fmt.Errorf("closed: %w", errBoom)
		require.NoError(t, whenClosed(t, errWraps, runner.WithClosedErrors(errWraps)))
	})

	t.Run("does not matter before Close was asked", func(t *testing.T) {
		r := newRunner(option)
		err := r.Run(t.Context(), runner.NewServer("api", fails(errClosed), nil))
		requireServiceError(t, err, runner.OpListen, "api", errClosed)
		require.ErrorIs(t, newRunner().Run(t.Context(), runner.NewServer("api", fails(net.ErrClosed), nil)), net.ErrClosed)
		finish(t, r)
	})
}
