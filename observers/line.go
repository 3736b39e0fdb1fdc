package observers

import (
	"errors"
	"fmt"

	"github.com/go-fxservices/services/runner"
)

// name returns the name of the subject. A Configurable need not be a Service:
// its Go type has to do then.
func (l line) name() string {
	if s, ok := l.subject.(runner.Service); ok {
		return runner.NameOf(s)
	}
	return fmt.Sprintf("%T", l.subject)
}

func (l line) kind() runner.Kind {
	s, _ := l.subject.(runner.Service)
	return runner.KindOf(s)
}

// stack returns the stack of the panic in the error, or of what was abandoned.
func (l line) stack() []byte {
	var panicked *runner.PanicError
	if errors.As(l.err, &panicked) {
		return panicked.Stack
	}
	var late *runner.TimeoutError
	if errors.As(l.err, &late) {
		return late.Stack
	}
	return nil
}
