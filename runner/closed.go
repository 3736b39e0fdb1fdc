package runner

import (
	"context"
	"errors"
	"net"
	"slices"

	"github.com/go-fxservices/services/internal/identity"
)

// saysOnly reports whether err says nothing but what is among known: every leaf
// of its tree does, or what wraps it. A panic is always news, and so is a call that
// was abandoned.
func saysOnly(err error, known ...error) bool {
	switch news := err.(type) { //nolint:errorlint // the tree is walked here
	case *PanicError:
		return false
	case *TimeoutError:
		if news.Abandoned {
			return false
		}
	}
	if key := identity.Of(err); key != nil && slices.ContainsFunc(known, func(target error) bool { return key == identity.Of(target) }) {
		return true
	}
	switch wrapped := err.(type) { //nolint:errorlint // the tree is walked here
	case interface{ Unwrap() []error }:
		if all := wrapped.Unwrap(); len(all) > 0 {
			return !slices.ContainsFunc(all, func(err error) bool { return !saysOnly(err, known...) })
		}
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
	if err == nil || saysOnly(err, append([]error{context.Canceled, net.ErrClosed}, r.config.closed...)...) {
		return nil
	}
	return err
}
