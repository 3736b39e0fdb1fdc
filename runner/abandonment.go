package runner

import "time"

// abandonment is a call that was given up.
type abandonment struct {
	reason   error
	elapsed  time.Duration
	cutShort bool
	profile  *profile      // where its stack will be; nil for an event
	noted    chan struct{} // closed once the caller has noted it: only then may a late result count
	err      *TimeoutError // of a stop: the error that gets the stack
}

// error returns the error of a call that was given up, with what its budget was.
func (a *abandonment) error(budget time.Duration) *TimeoutError {
	return &TimeoutError{Reason: a.reason, Budget: budget, Elapsed: a.elapsed, Abandoned: true, cutShort: a.cutShort}
}
