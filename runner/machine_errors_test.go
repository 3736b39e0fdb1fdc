package runner_test

import (
	"errors"

	"github.com/go-fxservices/services/runner"
)

// each calls fn with every error that is part of err.
func each(err error, fn func(error)) {
	if err == nil {
		return
	}
	fn(err)
	switch err := err.(type) { //nolint:errorlint // the tree is walked here
	case interface{ Unwrap() []error }:
		for _, part := range err.Unwrap() {
			each(part, fn)
		}
	case interface{ Unwrap() error }:
		each(err.Unwrap(), fn)
	}
}

// abandons reports whether err names the call of op as abandoned.
func abandons(err error, name string, op runner.Op) (yes bool) {
	each(err, func(part error) {
		failed, ok := part.(*runner.ServiceError) //nolint:errorlint // the tree is walked here
		if !ok || failed.Name != name || failed.Op != op {
			return
		}
		var timeout *runner.TimeoutError
		yes = yes || errors.As(failed.Err, &timeout) && timeout.Abandoned
	})
	return yes
}
