package runner

import "time"

// within returns once done is closed, or d is over. It reports whether done is closed.
func within(d time.Duration, done <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// deadlineAfter returns when a budget that begins now is over; zero for 0 or less, which means no limit.
func deadlineAfter(now time.Time, budget time.Duration) time.Time {
	if budget <= 0 {
		return time.Time{}
	}
	return now.Add(budget)
}
