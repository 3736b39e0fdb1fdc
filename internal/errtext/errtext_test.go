package errtext_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/errtext"
)

// pointerError is an error that a nil pointer breaks.
type pointerError struct{ text string }

func (e *pointerError) Error() string { return e.text }

// panicError is an error that cannot be written.
type panicError struct{}

func (panicError) Error() string { panic("boom") }

func TestOf(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		text string
	}{
		"an error is its own text":           {errors.New("connection refused"), "connection refused"},
		"nil is written as such":             {nil, "<nil>"},
		"a nil pointer is named by its type": {(*pointerError)(nil), "<nil *errtext_test.pointerError>"},
		"a pointer is asked":                 {&pointerError{"busy"}, "busy"},
		"an error that panics is named":      {panicError{}, "error of type errtext_test.panicError, whose Error method panics"},
		"a pointer to one is named likewise": {&panicError{}, "error of type *errtext_test.panicError, whose Error method panics"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.text, errtext.Of(c.err))
			if c.err != nil {
				require.EqualError(t, errtext.Safe(c.err), c.text)
			}
		})
	}
}

func TestSafe(t *testing.T) {
	t.Run("returns an error that can be written as it is", func(t *testing.T) {
		busy := &pointerError{"busy"}
		require.Same(t, busy, errtext.Safe(busy))
		require.NoError(t, errtext.Safe(nil))
	})
}
