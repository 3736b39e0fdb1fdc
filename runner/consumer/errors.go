package consumer

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/go-fxservices/services/runner"
)

// ErrNone is the error of a receive that got nothing in its time. It is no failure, also where it is wrapped: the consumer
// is healthy, and asks again at once. So a receive that returns it should have waited a while for a message.
var ErrNone = errors.New("no message")

var (
	errNilContext   = errors.New("nil context: pass context.Background() if nothing else")
	errNotListening = errors.New("not listening")
	errNotReceiving = errors.New("has not received yet")
	errClosing      = errors.New("consumer is closing")
	errEnded        = errors.New("consumer was closed meanwhile")
	errOver         = errors.New("consumer is closed")
	errGoexit       = errors.New("runtime.Goexit was called")
)

// CutOffError is the error of a Close whose context ended before all messages in hand were handled. It reads like
//
//	3 messages cut off, 1 of them still being handled
type CutOffError struct {
	Consumer string // its name, which the text leaves to the Runner
	Messages int    // how many were in hand when the context ended, and have not been handled; at least 1
	Running  int    // for how many of them handle has not returned: it ignores the end of its context
	Err      error  // the cause of the end of the context
}

func (e *CutOffError) Error() string {
	text := "1 message cut off"
	if e.Messages != 1 {
		text = fmt.Sprintf("%d messages cut off", e.Messages)
	}
	switch e.Running {
	case 0:
		return text
	case e.Messages:
		return text + ", still being handled"
	default:
		return fmt.Sprintf("%s, %d of them still being handled", text, e.Running)
	}
}

// Unwrap returns the cause.
func (e *CutOffError) Unwrap() error { return e.Err }

// panicError takes what recover returned in a function that did not return: nil means runtime.Goexit.
func panicError(recovered any) error {
	if recovered == nil {
		recovered = errGoexit
	}
	return &runner.PanicError{Value: recovered, Stack: debug.Stack()}
}
