package consumer

import (
	"math/rand/v2"
	"time"
)

const (
	firstPause    = 100 * time.Millisecond
	longestPause  = 30 * time.Second
	shortestPause = time.Millisecond
	jitter        = 0.2
)

// defaultPause doubles with every failure. A fifth of it is left to chance, so that consumers that failed together do not
// come back together.
func defaultPause(failures int) time.Duration {
	pause := firstPause
	for i := 1; i < failures && pause < longestPause; i++ {
		pause *= 2
	}
	pause = min(pause, longestPause)
	return pause - time.Duration(jitter*rand.Float64()*float64(pause))
}
