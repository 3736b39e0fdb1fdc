package draw_test

import (
	"math"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/timeline/draw"
)

func TestFit(t *testing.T) {
	t.Run("leaves a short text alone", func(t *testing.T) {
		require.Equal(t, "postgres", draw.Fit("postgres", 12, 100))
	})
	t.Run("keeps both ends of a long text", func(t *testing.T) {
		require.Equal(t, "hook gi….func1", draw.Fit("hook github.com/shop/orders.New.func1", 12, 110))
	})
	t.Run("leaves an ellipsis where there is no room", func(t *testing.T) {
		require.Equal(t, "…", draw.Fit("WW", 12, 1))
	})
	t.Run("does not leave an accent to the ellipsis", func(t *testing.T) {
		require.Equal(t, "e\u0301e…e\u0301", draw.Fit("e\u0301e\u0301e\u0301e\u0301", 10, 60))
	})
	t.Run("never exceeds the width", func(t *testing.T) {
		for _, name := range hostileNames {
			for width := 20.0; width < 300; width += 7 {
				require.LessOrEqual(t, draw.TextWidth(draw.Fit(draw.OneLine(name), 12, width), 12), width)
			}
		}
	})
}

func TestOneLine(t *testing.T) {
	for name, want := range map[string]string{
		"":               "(no name)",
		" \n\u2028":      "(no name)",
		"a\r\n b\tc":     "a b c",
		"a\x00b\x7f":     "a\ufffdb\ufffd",
		"\xff":           "\ufffd",
		"\u202eab\ufffe": "\ufffdab\ufffd",
		"日本語 👩‍👩‍👧":      "日本語 👩‍👩‍👧",
	} {
		require.Equal(t, want, draw.OneLine(name))
		require.True(t, utf8.ValidString(draw.OneLine(name)))
	}
}

func TestBrief(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 ms", 1: "<1 µs", 999: "<1 µs", 1000: "1 µs", 999_999: "999 µs", time.Millisecond: "1 ms",
		1_234_567: "1.23 ms", 12_345_678: "12.3 ms", 99_960_000: "100 ms", 123_456_789: "123 ms", 999_600_000: "1 s",
		1_500 * time.Millisecond: "1.5 s", 59_949 * time.Millisecond: "59.9 s", 59_990 * time.Millisecond: "1m",
		62 * time.Second: "1m 2s", 90 * time.Minute: "1h 30m", 52*time.Hour - time.Millisecond: "2d 4h",
		-time.Second: "-1 s", math.MinInt64: "-106751d 23h... ",
	} {
		if d == math.MinInt64 {
			require.Regexp(t, `^-106752d|^-106751d`, draw.Brief(d))
			continue
		}
		require.Equal(t, want, draw.Brief(d), d)
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 9500: "9,500", 1_000_042: "1,000,042"} {
		require.Equal(t, want, draw.Thousands(n))
	}
}
