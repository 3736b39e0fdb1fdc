package wiring

import (
	"fmt"

	"github.com/go-fxservices/services/runner"
)

// Check returns an error for a service that the Runner would refuse.
func Check(s runner.Service) error {
	if runner.KindOf(s) == runner.KindUnknown {
		return fmt.Errorf("%T: %w", s, runner.ErrInvalidServiceType)
	}
	return nil
}
