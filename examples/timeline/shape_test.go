package main

import (
	"encoding/xml"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// ofPackage is what the name of a hook begins with; a test binary has another.
var ofPackage = regexp.MustCompile(`^hook \S+\.`)

// shapeOf returns what an SVG shows but for the times, a line for each service:
//
//	postgres: critical start stop
func shapeOf(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var picture struct {
		Rows []struct {
			Title string `xml:"title"` // its first line is the name
			Marks []struct {
				Class string `xml:"class,attr"` // what a bar is, critical, or barrier
			} `xml:",any"`
		} `xml:"g"`
	}
	require.NoError(t, xml.Unmarshal(text, &picture))
	var lines []string
	for _, r := range picture.Rows {
		var classes []string
		for _, mark := range r.Marks {
			if mark.Class != "" && mark.Class != "bold" { // as texts are
				classes = append(classes, mark.Class)
			}
		}
		slices.Sort(classes)
		name, _, _ := strings.Cut(r.Title, "\n")
		lines = append(lines, ofPackage.ReplaceAllString(name, "hook ")+": "+strings.Join(classes, " "))
	}
	slices.Sort(lines) // what starts at the same time has no order
	return strings.Join(lines, "\n")
}
