package draw_test

import (
	"testing"
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

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 9500: "9,500", 1_000_042: "1,000,042"} {
		require.Equal(t, want, draw.Thousands(n))
	}
}
