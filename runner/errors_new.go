package runner

import "errors"

// ErrStillRunning is wrapped by the errors of [Runner.Run], [Runner.Start] and [Runner.Stop] for a service of which an
// abandoned call has not returned.
var ErrStillRunning = errors.New("a call of it is still running")
