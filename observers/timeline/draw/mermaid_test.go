package draw_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/timeline"
)

// The lines that a chart may have. In a text, each ASCII character that belongs to
// Mermaid's syntax is an entity.
var (
	mermaidText = `(?:[A-Za-z0-9 _./,()\x{80}-\x{10FFFF}-]|#\d+;)+`
	chartNode   = regexp.MustCompile(`^    s\d+\["` + mermaidText + `(?:<br/>` + mermaidText + `)*"\]$`)
	chartLegend = regexp.MustCompile(`^    (?:names\["… stands for ` + mermaidText + `(?:<br/>` + mermaidText + `)*"\]|style names fill:none,stroke:none)$`)
	chartEdge   = regexp.MustCompile(`^    s\d+ (?:-->|==>) s\d+$`)
	chartLooks  = regexp.MustCompile(`^    (?:classDef (?:critical|failed|barrier) [a-z0-9:# -]+|class s\d+(?:,s\d+)* (?:critical|failed|barrier))$`)
	comment     = regexp.MustCompile(`^    %% [a-z0-9, ]+$`)
	ganttTask   = regexp.MustCompile(`^    (` + mermaidText + `) :(?:crit, )?(?:done|active|milestone), [a-z0-9]+, (\d+)(?:, (\d+))$`)
	ganttHead   = regexp.MustCompile(`^gantt\n    title Start of [0-9,]+ services?(?:, … stands for ` + mermaidText + `)?\n    dateFormat x\n    axisFormat (?:%L ms|%S\.%L s|%M:%S)\n    todayMarker off\n    section application\n`)
	keyword     = regexp.MustCompile(`(?i)^(?:gantt|dateFormat|inclusiveEndDates|topAxis|axisFormat|tickInterval|includes|excludes|todayMarker|weekday|weekend|title|acc|section|click|href|call|vert|[0-9-])`)
)

// requireSize fails where Mermaid would refuse to draw.
func requireSize(t *testing.T, out string) {
	t.Helper()
	require.Less(t, len(utf16.Encode([]rune(out))), 50_000)
}

func requireFlowchart(t *testing.T, out string) {
	t.Helper()
	requireSize(t, out)
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	require.Equal(t, "flowchart RL", lines[0])
	edges := 0
	for _, line := range lines[1:] {
		switch {
		case chartEdge.MatchString(line):
			edges++
		case !chartNode.MatchString(line) && !chartLooks.MatchString(line) && !chartLegend.MatchString(line):
			require.Regexp(t, comment, line)
		}
	}
	require.Less(t, edges, 500)
}

func requireGantt(t *testing.T, out string) {
	t.Helper()
	requireSize(t, out)
	require.Regexp(t, ganttHead, out)
	for _, line := range strings.Split(strings.TrimSuffix(out, "\n"), "\n")[6:] {
		task := ganttTask.FindStringSubmatch(line)
		if task == nil {
			require.Regexp(t, `^    section (?:resources|servers|others)$|`+comment.String(), line)
			continue
		}
		require.NotRegexp(t, keyword, task[1])
		begin, err := strconv.ParseInt(task[2], 10, 64)
		require.NoError(t, err)
		end, err := strconv.ParseInt(task[3], 10, 64)
		require.NoError(t, err)
		require.LessOrEqual(t, begin, end)
	}
}

func TestMermaidGraph(t *testing.T) {
	for name, s := range allPictures() {
		t.Run(name+" is a flowchart", func(t *testing.T) { requireFlowchart(t, written(t, "mermaid.mmd", s)) })
	}

	t.Run("draws the critical path thick", func(t *testing.T) {
		out := written(t, "mermaid.mmd", shop())
		require.Equal(t, []string{"s1 ==> s0", "s4 ==> s1", "s8 ==> s4"}, regexp.MustCompile(`s\d+ ==> s\d+`).FindAllString(out, -1))
		require.Contains(t, out, "class s0,s1,s4,s8 critical\n")
	})

	t.Run("marks failures and barriers", func(t *testing.T) {
		require.Contains(t, written(t, "mermaid.mmd", rolledBack()), "class s1,s2 failed\n")
		require.Contains(t, written(t, "mermaid.mmd", shop()), "class s4 barrier\n")
	})

	t.Run("stays small enough to be drawn", func(t *testing.T) {
		s := sequenceOf(1000)
		for i := range s.Services {
			s.Services[i].Name = strings.Repeat("|", 100)
			s.Services[i].After = nil
			for need := range i {
				s.Services[i].After = append(s.Services[i].After, need)
			}
		}
		out := written(t, "mermaid.mmd", s)
		requireFlowchart(t, out)
		require.Contains(t, out, "%% 900 services more not shown\n")
		require.Contains(t, out, "%% 4,470 edges more not shown\n")
		requireGantt(t, written(t, "gantt.mmd", s))
	})
}

func TestMermaidGantt(t *testing.T) {
	for name, s := range allPictures() {
		t.Run(name+" is a chart", func(t *testing.T) { requireGantt(t, written(t, "gantt.mmd", s)) })
	}

	t.Run("marks tasks as critical, done and active", func(t *testing.T) {
		out := written(t, "gantt.mmd", stillStarting())
		require.Contains(t, out, "db 27 ms :crit, done, s0, 3, 30\n")
		require.Contains(t, out, "broker 45 ms :crit, active, s1, 30, 75\n")
		require.Contains(t, out, "%% 1 service more not shown, or not begun\n")
		require.NotContains(t, out, "api")
	})

	t.Run("has milestones", func(t *testing.T) {
		require.Contains(t, written(t, "gantt.mmd", shop()), "ready :milestone, ready, 86, 86\n")
		require.Contains(t, written(t, "gantt.mmd", rolledBack()), "shutdown :milestone, shutdown, 820, 820\n")
	})

	t.Run("names failures", func(t *testing.T) {
		require.Contains(t, written(t, "gantt.mmd", rolledBack()), "search 553 ms, failed :done, s2, 262, 815\n")
	})

	t.Run("shows a start that took less than a millisecond", func(t *testing.T) {
		require.Contains(t, written(t, "gantt.mmd", instantly()), "db 0 ms :crit, done, s0, 0, 1\n")
	})

	t.Run("has an axis that suits the start", func(t *testing.T) {
		for ms, want := range map[float64]string{900: "%L ms", 4000: "%S.%L s", 90_000: "%M:%S"} {
			s := timeline.Snapshot{Began: epoch, Taken: moment(ms), Services: []timeline.Service{{StartBegan: moment(1)}}}
			require.Contains(t, written(t, "gantt.mmd", s), "axisFormat "+want+"\n")
		}
	})

	t.Run("does not let a name begin with a keyword or a date", func(t *testing.T) {
		for name, want := range map[string]string{
			"Section one": "#83;ection one", "2026-01-02": "#50;026-01-02", "vertx": "#118;ertx", "database": "database",
		} {
			require.Contains(t, written(t, "gantt.mmd", hostileTo(name)), "    "+want+" ")
		}
	})
}
