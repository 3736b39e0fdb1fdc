package wiring

import (
	"errors"

	"github.com/go-fxservices/services/runner"
)

// SaysShutdown reports whether the error of a Start says no more than that somebody has called Shutdown without a cause,
// which is a graceful end.
func SaysShutdown(err error) bool {
	if err == runner.ErrShutdown { //nolint:errorlint // the very same: other errors than a step of a start may wrap it
		return true
	}
	step, ok := err.(*runner.ServiceError)      //nolint:errorlint // that of the step which met the end, and no error beside it
	return ok && step.Err == runner.ErrShutdown //nolint:errorlint // the very same
}

// UnlessSaid returns the error of a Finish, unless it is the very signal that the error before it names already. A signal that
// cut a rollback short cuts the rest of the stop short too, and the Runner says so both times.
func UnlessSaid(err, said error) error {
	var signaled *runner.SignalError
	if errors.As(said, &signaled) && err == error(signaled) { //nolint:errorlint // the very same
		return nil
	}
	return err
}
