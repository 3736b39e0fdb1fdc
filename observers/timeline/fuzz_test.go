package timeline_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/timeline"
)

func addNames(f *testing.F) {
	for _, name := range []string{
		"", "db", "two\nlines", "\r", "\x00", "\xff\xfe", `"quoted" \`, "</script>", "\u2028\u202e", "日本", "é\u0301",
		strings.Repeat("a", 10<<10), strings.Repeat("\n", 10<<10), strings.Repeat("\xff", 100),
	} {
		f.Add(name, "refused: "+name, int64(time.Millisecond))
		f.Add(name, name, int64(-1)<<62)
	}
}

// named is a Snapshot with a name and an error wherever there can be one.
func named(name, failure string, took int64) timeline.Snapshot {
	ready := began.Add(time.Duration(took))
	return timeline.Snapshot{
		Began: began, Constructed: began, Ready: ready, Taken: ready, ShutdownBegan: ready, Stopped: ready,
		Services: []timeline.Service{
			{Name: name, Queued: began, StartBegan: began, Started: began, Ready: ready, Barrier: name, StopBegan: ready},
			{Name: name, Queued: began, StartBegan: ready, Failed: ready, After: []int{0}, Err: errors.New(failure)},
		},
	}
}

func FuzzText(f *testing.F) {
	addNames(f)
	f.Fuzz(func(t *testing.T, name, failure string, took int64) {
		report := text(t, named(name, failure, took))
		require.True(t, utf8.ValidString(report))
		require.Equal(t, 8, strings.Count(report, "\n"), "names break no lines:\n%s", report)
		for line := range strings.Lines(report) {
			line = strings.TrimSuffix(line, "\n")
			require.LessOrEqual(t, utf8.RuneCountInString(line), 400)
			require.False(t, strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }), "%q", line)
		}
	})
}

func FuzzJSON(f *testing.F) {
	addNames(f)
	f.Fuzz(func(t *testing.T, name, failure string, took int64) {
		var out bytes.Buffer
		require.NoError(t, named(name, failure, took).WriteJSON(&out))
		require.True(t, utf8.Valid(out.Bytes()))
		require.Equal(t, 1, strings.Count(out.String(), "\n"), "it is one line")
		var report struct {
			Timeline struct {
				Events []struct {
					StartupStep struct {
						Name         string
						ID, ParentID int
						Tags         []struct{ Key, Value string }
					}
					StartTime, EndTime time.Time
					Duration           string
				}
			}
		}
		require.NoError(t, json.Unmarshal(out.Bytes(), &report))
		for at, event := range report.Timeline.Events {
			require.Equal(t, at+1, event.StartupStep.ID)
			require.Less(t, event.StartupStep.ParentID, event.StartupStep.ID)
			require.Regexp(t, `^(PT\d+(\.\d+)?S)?$`, event.Duration)
			for _, tag := range event.StartupStep.Tags {
				if tag.Key == "service" && utf8.ValidString(name) {
					require.Equal(t, name, tag.Value)
				}
			}
		}
	})
}
