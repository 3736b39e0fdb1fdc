package runner

import (
	"errors"
	"slices"

	"github.com/go-fxservices/services/internal/identity"
)

// saysOnly reports whether err says nothing but what is already known: every leaf of its tree is one of known, or an error
// that wraps one. A panic is always news, and so is an abandoned call. An error whose methods panic is news too. It calls
// methods of the error, so it must run inside the call that returned it.
func saysOnly(err error, known ...error) (only bool) {
	defer func() {
		if recover() != nil {
			only = false
		}
	}()
	return leavesAmong(err, known)
}

func leavesAmong(err error, known []error) bool {
	switch err := err.(type) { //nolint:errorlint // this walks the tree
	case *PanicError:
		return false
	case *TimeoutError:
		if err.Abandoned {
			return false
		}
	}
	if key := identity.Of(err); key != nil && slices.ContainsFunc(known, func(target error) bool { return key == identity.Of(target) }) {
		return true
	}
	switch wrapper := err.(type) { //nolint:errorlint // this walks the tree
	case interface{ Unwrap() []error }:
		if all := wrapper.Unwrap(); len(all) > 0 {
			return !slices.ContainsFunc(all, func(err error) bool { return !leavesAmong(err, known) })
		}
	case interface{ Unwrap() error }:
		if inner := wrapper.Unwrap(); inner != nil {
			return leavesAmong(inner, known)
		}
	}
	return slices.ContainsFunc(known, func(target error) bool { return errors.Is(err, target) })
}

// unlessPanic returns the error of a second Close. The server may have been closed well by the first, and close a channel
// again.
func unlessPanic(err error) error {
	if _, panicked := err.(*PanicError); panicked { //nolint:errorlint // one of ours, as it is
		return nil
	}
	return err
}

// says is errors.Is, but false for an error whose methods panic.
func says(err, target error) (found bool) {
	defer func() {
		if recover() != nil {
			found = false
		}
	}()
	return errors.Is(err, target)
}
