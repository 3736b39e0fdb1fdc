package httpserver

import "fmt"

// CutOffError says that connections were still in use when the time to close the
// server was over.
type CutOffError struct {
	Connections int   // how many were cut off; at least 1
	Err         error // what ended the time: the cause of the context's end
}

func (e *CutOffError) Error() string {
	if e.Connections == 1 {
		return "1 connection cut off"
	}
	return fmt.Sprintf("%d connections cut off", e.Connections)
}

// Unwrap returns the cause.
func (e *CutOffError) Unwrap() error { return e.Err }
