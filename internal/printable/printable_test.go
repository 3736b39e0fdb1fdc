package printable_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/printable"
)

func TestLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                  "",
		"db":                "db",
		"Süßes ☃":           "Süßes ☃",
		"a\nb\r\tc":         `a\nb\r\tc`,
		"left\u202eright":   `left\u202eright`,
		"half \xff of it":   `half \xff of it`,
		"a real \ufffd one": "a real \ufffd one",
	} {
		require.Equal(t, want, printable.Line(text))
	}
}
