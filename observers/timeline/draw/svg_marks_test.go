package draw_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/timeline"
)

// rowOf returns the row of a service.
func rowOf(t *testing.T, root element, name string) element {
	t.Helper()
	for _, row := range root.find("g", "") {
		if row.find("text", "")[0].text() == name {
			return row
		}
	}
	require.Fail(t, "no such row", name)
	return element{}
}

func TestMarksOfServices(t *testing.T) {
	sum := func(row element) string { return row.texts()[1] }
	root := svgOf(t, rolledBack())

	t.Run("a failed start has a cross, and says so", func(t *testing.T) {
		row := rowOf(t, root, "search")
		require.Equal(t, "failed 553 ms", sum(row))
		require.Len(t, row.find("circle", "fail"), 1)
		require.Len(t, row.find("rect", "fail"), 1)
		require.Equal(t, "search\nresource failed 553 ms\nwaited for its turn 2 ms\n4 attempts\n"+errSearch.Error(), row.find("title", "")[0].Text)
	})

	t.Run("a failed stop has a cross, and says so", func(t *testing.T) {
		row := rowOf(t, root, "postgres")
		require.Equal(t, "stop failed", sum(row))
		require.Len(t, row.find("circle", "fail"), 1)
		require.Len(t, row.find("rect", "fail"), 1)
	})

	t.Run("a server that failed has a cross where it did", func(t *testing.T) {
		row := rowOf(t, svgOf(t, serverFailed()), "http")
		require.Equal(t, "failed serving", sum(row))
		require.Len(t, row.find("circle", "fail"), 1)
		require.Empty(t, row.find("rect", "fail"))
	})

	t.Run("a step that has not ended is dotted", func(t *testing.T) {
		require.Equal(t, "1.14 s so far", sum(rowOf(t, root, "queue")))
		require.Len(t, rowOf(t, root, "queue").find("rect", "open"), 1)
		require.Len(t, rowOf(t, root, "cache").find("rect", "open"), 1)
	})

	t.Run("a service that has not begun has no bar", func(t *testing.T) {
		require.Equal(t, "not begun", sum(rowOf(t, root, "http")))
		require.Empty(t, rowOf(t, root, "http").find("rect", ""))
	})

	t.Run("a barrier is marked, and says why", func(t *testing.T) {
		row := rowOf(t, svgOf(t, shop()), "migrations")
		require.Len(t, row.find("path", "barrier"), 1)
		require.Contains(t, row.find("title", "")[0].Text, "barrier: it is a plain hook")
	})

	t.Run("an error that panics does no harm", func(t *testing.T) {
		s := instantly()
		s.Services[0].Err = (*speechless)(nil)
		require.Contains(t, svgOf(t, s).find("g", "")[0].find("title", "")[0].Text, "db")
	})
}

type speechless struct{ text string }

func (s *speechless) Error() string { return s.text }

func TestRowsOfThePicture(t *testing.T) {
	t.Run("are 500 at most, and the rest is counted", func(t *testing.T) {
		root := svgOf(t, sequenceOf(10_000))
		require.Len(t, root.find("g", ""), 500)
		require.Contains(t, root.texts(), "9,500 more not shown")
	})

	t.Run("are the failed services, the critical path and the slowest", func(t *testing.T) {
		s := sequenceOf(2000)
		for i := range s.Services { // all at the same time, but for a path of three
			s.Services[i].After = nil
		}
		s.Services[10].After, s.Services[11].After = []int{9}, []int{10}
		s.Services[9].Ready = s.Services[9].StartBegan.Add(time.Second)
		s.Services[1999].Failed, s.Services[1999].Err = s.Services[1999].Ready, errSearch
		names := rowNames(svgOf(t, s))
		require.Len(t, names, 500)
		for _, name := range []string{"service 9", "service 10", "service 11", "service 1999", "service 22"} {
			require.Contains(t, names, name)
		}
		require.NotContains(t, names, "service 0")
		require.True(t, slices.IsSortedFunc(names, func(a, b string) int { return len(a) - len(b) }), "in their order")
	})

	t.Run("are followed by the number of services that were not recorded", func(t *testing.T) {
		require.Contains(t, svgOf(t, allPictures()["dropped"]).texts(), "1,234 more not recorded")
	})

	t.Run("may be none", func(t *testing.T) {
		require.Contains(t, svgOf(t, timeline.Snapshot{}).texts(), "no services")
	})
}

func TestOutcomes(t *testing.T) {
	for want, s := range map[string]timeline.Snapshot{
		"not started":                       {},
		"still constructing after 5 ms":     {Began: epoch, Taken: moment(5)},
		"still starting after 7 ms":         {Began: epoch, Constructed: moment(1), Taken: moment(7)},
		"started after 8 ms":                {Began: epoch, Constructed: moment(1), Started: moment(8), Taken: moment(9)},
		"start ended after 6 ms":            {Began: epoch, Constructed: moment(1), ShutdownBegan: moment(6), Taken: moment(9)},
		"still stopping after 3 ms":         {Began: epoch, Constructed: moment(1), ShutdownBegan: moment(6), Taken: moment(9)},
		"start failed after 4 ms":           {Began: epoch, Taken: moment(9), Services: []timeline.Service{{Failed: moment(4), Err: errors.New("no")}}},
		"serving for 2 ms":                  {Began: epoch, Ready: moment(7), Taken: moment(9)},
		"critical path 27 ms in 1 service;": {Began: epoch, Taken: moment(30), Services: []timeline.Service{{StartBegan: moment(3)}}},
	} {
		t.Run(want, func(t *testing.T) {
			facts := strings.ReplaceAll(svgOf(t, s).find("desc", "")[0].Text, ".", ";")
			require.Contains(t, facts, want)
		})
	}
}
