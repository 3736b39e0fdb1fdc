package fxservices

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"sync/atomic"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/runner"
)

// told is an error as fx prints it, which is with %+v: with the stacks of panics, and of calls that did not return. Without them,
// nobody would see where a hook panicked in an application without Observers.
type told struct {
	err    error
	stacks atomic.Bool // have been printed: fx prints one error three times
}

// tell returns err for fx, or nil. Errors that are joined become one of multierr, as those of fx are, so that multierr.Errors finds
// each of them. Only fx can make one: multierr is no dependency of this module.
func tell(err error) error {
	if err == nil {
		return nil
	}
	all := parts(err)
	for i, part := range all {
		all[i] = &told{err: part}
	}
	if len(all) == 1 {
		return all[0]
	}
	return fx.New(fx.NopLogger, fx.Error(all...)).Err()
}

func (t *told) Error() string { return t.err.Error() }

// Unwrap returns the error.
func (t *told) Unwrap() error { return t.err }

// parts returns the errors that are joined in err.
func parts(err error) (all []error) {
	if reflect.TypeOf(err) != joinType {
		return []error{err}
	}
	for _, part := range err.(interface{ Unwrap() []error }).Unwrap() {
		all = append(all, parts(part)...)
	}
	return all
}

var joinType = reflect.TypeOf(errors.Join(errors.New("any")))

// Format implements [fmt.Formatter].
func (t *told) Format(s fmt.State, verb rune) {
	if verb == 'q' {
		_, _ = fmt.Fprintf(s, "%q", t.Error())
		return
	}
	_, _ = io.WriteString(s, t.Error())
	if verb == 'v' && s.Flag('+') && t.stacks.CompareAndSwap(false, true) {
		for _, stack := range stacksOf(t.err) {
			_, _ = fmt.Fprintf(s, "\n\n%s", stack)
		}
	}
}

// stacksOf returns the stacks in the tree of err.
func stacksOf(err error) (stacks [][]byte) {
	switch e := err.(type) { //nolint:errorlint // it walks the tree itself
	case *runner.PanicError:
		stacks = append(stacks, e.Stack)
	case *runner.TimeoutError:
		if len(e.Stack) > 0 {
			stacks = append(stacks, e.Stack)
		}
	}
	switch e := err.(type) { //nolint:errorlint // it walks the tree itself
	case interface{ Unwrap() []error }:
		for _, each := range e.Unwrap() {
			stacks = append(stacks, stacksOf(each)...)
		}
	default:
		if inner := errors.Unwrap(err); inner != nil {
			stacks = append(stacks, stacksOf(inner)...)
		}
	}
	return stacks
}
