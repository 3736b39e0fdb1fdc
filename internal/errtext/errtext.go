// Package errtext writes errors that come from services. Their Error method is code of somebody else: it may panic, and
// the usual one to do so is that of a nil pointer in a variable of type error.
package errtext

import (
	"errors"
	"fmt"

	"github.com/go-fxservices/services/internal/identity"
)

// Of returns the text of err. It is "<nil>" for nil, and names the type of a nil pointer whose Error method panics, as in
// "<nil *net.OpError>". Any other error that panics is named by its type.
func Of(err error) (text string) {
	if err == nil {
		return "<nil>"
	}
	defer func() {
		switch {
		case recover() == nil:
		case identity.IsNil(err):
			text = fmt.Sprintf("<nil %T>", err)
		default:
			text = fmt.Sprintf("error of type %T, whose Error method panics", err)
		}
	}()
	return err.Error()
}

// Safe returns err if its Error method can be called, so that it can still be unwrapped, and otherwise an error with the
// text of [Of] alone. It is nil for nil.
func Safe(err error) (safe error) {
	if err == nil {
		return nil
	}
	defer func() {
		if recover() != nil {
			safe = errors.New(Of(err))
		}
	}()
	_ = err.Error()
	return err
}
