package runner

import "time"

// within returns once done is closed, or d is over.
func within(d time.Duration, done <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
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
