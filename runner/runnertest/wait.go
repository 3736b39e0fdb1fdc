package runnertest

import "time"

// waitFor waits until done is closed, and reports whether it was within limit.
//
// It counts the pauses that it makes, not the time on the clock: where a busy machine stalls the process, a pause of a
// second counts for no more than it was meant to last, and the service gets that time back. The same applies to eventually.
func waitFor(done <-chan struct{}, limit time.Duration) bool { return waitForAny(limit, done, nil) }

// waitForAny is waitFor for either of two channels. A nil channel is never closed.
func waitForAny(limit time.Duration, a, b <-chan struct{}) bool {
	for pause := max(limit/100, time.Millisecond); limit > 0; limit -= pause {
		select {
		case <-a:
			return true
		case <-b:
			return true
		case <-time.After(pause):
		}
	}
	return isClosed(a) || isClosed(b)
}

// eventually asks until the answer is true, and reports whether it was within limit.
func eventually(limit time.Duration, isTrue func() bool) bool {
	for pause := 100 * time.Microsecond; limit > 0; pause = min(2*pause, 20*time.Millisecond) {
		if isTrue() {
			return true
		}
		time.Sleep(pause)
		limit -= pause
	}
	return isTrue()
}

func isClosed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}
