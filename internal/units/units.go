// Package units formats durations for people.
package units

import (
	"math"
	"strconv"
	"time"
)

// Brief formats a duration for people, with about three digits: 85 µs, 12.3 ms,
// 1.25 s, 3m 20s, 2d 4h.
func Brief(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < 0:
		return "-" + Brief(-max(d, -math.MaxInt64))
	case d > 0 && d < time.Microsecond:
		return "<1 µs"
	case d == 0 || d >= time.Millisecond && d < 999500*time.Microsecond:
		return digits(d, time.Millisecond) + " ms"
	case d < time.Millisecond:
		return digits(d.Truncate(time.Microsecond), time.Microsecond) + " µs"
	case d < 59950*time.Millisecond:
		return digits(d, time.Second) + " s"
	case d < time.Hour:
		return pair(d.Round(time.Second), time.Minute, "m", time.Second, "s")
	case d < day:
		return pair(d.Round(time.Minute), time.Hour, "h", time.Minute, "m")
	default:
		return pair(d.Round(time.Hour), day, "d", time.Hour, "h")
	}
}

// digits formats d in units, with at most three digits.
func digits(d, unit time.Duration) string {
	value := float64(d) / float64(unit)
	decimals := 2
	switch {
	case value >= 99.95:
		decimals = 0
	case value >= 9.995:
		decimals = 1
	}
	scale := math.Pow10(decimals)
	return strconv.FormatFloat(math.Round(value*scale)/scale, 'f', -1, 64)
}

// pair formats d in two units, without the smaller one if it is 0.
func pair(d, large time.Duration, largeName string, small time.Duration, smallName string) string {
	text := strconv.FormatInt(int64(d/large), 10) + largeName
	if rest := d % large / small; rest > 0 {
		text += " " + strconv.FormatInt(int64(rest), 10) + smallName
	}
	return text
}
