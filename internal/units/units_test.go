package units_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/units"
)

func TestBrief(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 ms", 1: "<1 µs", 999: "<1 µs", 1000: "1 µs", 999_999: "999 µs", time.Millisecond: "1 ms",
		1_234_567: "1.23 ms", 12_345_678: "12.3 ms", 99_960_000: "100 ms", 123_456_789: "123 ms", 999_600_000: "1 s",
		1_500 * time.Millisecond: "1.5 s", 59_949 * time.Millisecond: "59.9 s", 59_990 * time.Millisecond: "1m",
		62 * time.Second: "1m 2s", 90 * time.Minute: "1h 30m", 52*time.Hour - time.Millisecond: "2d 4h",
		-time.Second: "-1 s", math.MinInt64: "-106751d 23h... ",
	} {
		if d == math.MinInt64 {
			require.Regexp(t, `^-106752d|^-106751d`, units.Brief(d))
			continue
		}
		require.Equal(t, want, units.Brief(d), d)
	}
}
