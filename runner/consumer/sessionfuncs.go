package consumer

import (
	"context"
	"errors"
)

// sessionFuncs are the functions of one Session.
type sessionFuncs struct{ open, close func(context.Context) error }

// openUnlessEnded opens the Session. It returns errEnded for an error that only says that ctx has ended.
func (f sessionFuncs) openUnlessEnded(ctx context.Context) error {
	err := f.open(ctx)
	if err != nil && ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))) {
		return errEnded
	}
	return err
}

// apart calls f on a goroutine of its own, so that a panic of f, or runtime.Goexit, is an error and no more.
func apart(ctx context.Context, f func(context.Context) error) error {
	result := make(chan error, 1)
	go func() {
		var err error
		returned := false
		defer func() {
			if !returned {
				err = panicError(recover())
			}
			result <- err
		}()
		err = f(ctx)
		returned = true
	}()
	return <-result
}
