package promservice_test

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/contrib/promservice"
	"github.com/go-fxservices/services/runner"
)

// TestDocument keeps the alerts of docs/operations.md in step with a scrape.
func TestDocument(t *testing.T) {
	read, err := os.ReadFile("../../docs/operations.md")
	require.NoError(t, err)
	_, rules, found := strings.Cut(string(read), "```yaml\n")
	require.True(t, found)
	rules, _, _ = strings.Cut(rules, "```")

	m := promservice.New(promservice.Registry(prometheus.NewRegistry()))
	r := newRunner(m)
	db := &checked{runner.NewResource("db", nothing, nothing), nothing, nothing}
	require.NoError(t, r.Start(t.Context(), db))
	text := scrape(t, m.Registry())
	require.NoError(t, r.Finish(context.Background()))
	text += scrape(t, m.Registry())

	used := regexp.MustCompile(`services_\w+(?:\{[^}]*\})?`).FindAllString(rules, -1)
	require.Greater(t, len(used), 5)
	label := regexp.MustCompile(`(\w+)=~?"([^"]*)"`)
	for _, selector := range used {
		name, labels, _ := strings.Cut(selector, "{")
		require.Regexp(t, `(?m)^`+name+`[{ ]`, text, "there is no such metric")
		for _, match := range label.FindAllStringSubmatch(labels, -1) {
			for value := range strings.SplitSeq(match[2], "|") {
				require.True(t, isValue(text, name, match[1], value), "%s has no label %s=%q", name, match[1], value)
			}
		}
	}
	for _, match := range regexp.MustCompile(`\$labels\.(\w+)`).FindAllStringSubmatch(rules, -1) {
		require.Contains(t, text, match[1]+`="`, "no metric has the label")
	}
}

// isValue reports whether a metric can have a label of that value. Not every state is one of a program that works.
func isValue(text, name, label, value string) bool {
	if name == "services_state" && label == "state" {
		for state := runner.ServiceNew; state <= runner.ServiceAbandoned; state++ {
			if state.String() == value {
				return true
			}
		}
		return false
	}
	return regexp.MustCompile(`(?m)^` + name + `\{.*` + label + `="` + value + `"`).MatchString(text)
}
