package runner

import (
	"context"
	"errors"
	"net"
	"slices"
)

// saysOnly reports whether err says nothing but what is among known: every leaf
// of its tree does. A call that was abandoned is always news.
func saysOnly(err error, known ...error) bool {
	if timeout, ok := err.(*TimeoutError); ok && timeout.Abandoned { //nolint:errorlint // the tree is walked here
		return false
	}
	switch wrapped := err.(type) { //nolint:errorlint // the tree is walked here
	case interface{ Unwrap() []error }:
		return !slices.ContainsFunc(wrapped.Unwrap(), func(err error) bool { return !saysOnly(err, known...) })
	case interface{ Unwrap() error }:
		if inner := wrapped.Unwrap(); inner != nil {
			return saysOnly(inner, known...)
		}
	}
	return slices.ContainsFunc(known, func(target error) bool { return errors.Is(err, target) })
}

// unlessClosed returns what Listen returned after its server was asked to close,
// or nil if that is no news.
func (r *Runner) unlessClosed(err error) error {
	if err == nil || saysOnly(err, context.Canceled, net.ErrClosed) || saysOnly(err, r.config.closed...) {
		return nil
	}
	return err
}
