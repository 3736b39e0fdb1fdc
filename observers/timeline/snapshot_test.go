package timeline_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/go-fxservices/services/observers/timeline"
)

var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// at is a number of milliseconds after began.
func at(n int) time.Time { return began.Add(time.Duration(n) * ms) }

func TestSnapshot(t *testing.T) {
	s := timeline.Snapshot{Began: began, Taken: at(100), Services: []timeline.Service{
		{Name: "db", Queued: at(10), LoadBegan: at(12), Loaded: at(15), StartBegan: at(15), Started: at(20), Ready: at(30)},
		{Name: "api", Queued: at(10), StartBegan: at(35), Failed: at(40), After: []int{0, 7, -1}},
		{Name: "waits", Queued: at(10), After: []int{1}},
		{Name: "starts", Queued: at(10), StartBegan: at(60)},
		{Name: "unloaded", Queued: at(10), LoadBegan: at(70), Failed: at(71)},
		{Name: "set back", Queued: at(10), StartBegan: at(90), Ready: at(80)},
	}}

	t.Run("knows when a service could have begun", func(t *testing.T) {
		require.Equal(t, at(10), s.Eligible(0))
		require.Equal(t, at(30), s.Eligible(1))
		require.Zero(t, s.Eligible(2))
	})

	t.Run("knows how long a service waited", func(t *testing.T) {
		var waits []time.Duration
		for i := range s.Services {
			waits = append(waits, s.Wait(i))
		}
		require.Equal(t, []time.Duration{2 * ms, 5 * ms, 0, 50 * ms, 60 * ms, 80 * ms}, waits)
	})

	t.Run("knows how long the start of a service took", func(t *testing.T) {
		var own []time.Duration
		for i := range s.Services {
			own = append(own, s.Own(i))
		}
		require.Equal(t, []time.Duration{18 * ms, 5 * ms, 0, 40 * ms, ms, 0}, own)
	})
}

// graph makes a Snapshot of services that start after each other.
func graph(own []int, after [][]int) timeline.Snapshot {
	s := timeline.Snapshot{Began: began, Taken: began}
	for i := range own {
		s.Services = append(s.Services, timeline.Service{
			Name: fmt.Sprint(i), Queued: began, StartBegan: began, Ready: at(own[i]), After: after[i],
		})
	}
	return s
}

func TestCriticalPath(t *testing.T) {
	t.Run("is the longest of all", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			n := rapid.IntRange(1, 8).Draw(t, "services")
			own := rapid.SliceOfN(rapid.IntRange(0, 5), n, n).Draw(t, "own")
			place := rapid.Permutation(indexes(n)).Draw(t, "place") // a service starts after some of lower place
			after := make([][]int, n)
			for i := range after {
				for need := range n {
					if place[need] < place[i] && rapid.Bool().Draw(t, fmt.Sprint(i, " after ", need)) {
						after[i] = append(after[i], need)
					}
				}
			}

			path := graph(own, after).CriticalPath()

			longest, last := 0, -1
			for i := range n {
				if took := longestTo(i, own, after); last < 0 || took > longest {
					longest, last = took, i
				}
			}
			require.Equal(t, longest, sum(own, path))
			require.Equal(t, last, path[len(path)-1], "of those that take equally long")
			require.Empty(t, after[path[0]])
			for at, i := range path[1:] {
				require.Contains(t, after[i], path[at])
			}
		})
	})

	t.Run("is empty where there are no services", func(t *testing.T) {
		require.Empty(t, timeline.Snapshot{}.CriticalPath())
	})

	t.Run("ignores indexes that do not exist", func(t *testing.T) {
		require.Equal(t, []int{0, 1}, graph([]int{1, 1}, [][]int{{5}, {-1, 0, 2}}).CriticalPath())
	})

	t.Run("leaves a circle", func(t *testing.T) {
		require.Equal(t, []int{2, 1, 0, 3}, graph([]int{1, 1, 1, 1}, [][]int{{1}, {2}, {0}, {0}}).CriticalPath())
		require.Equal(t, []int{0}, graph([]int{1}, [][]int{{0}}).CriticalPath())
		rapid.Check(t, func(t *rapid.T) {
			n := rapid.IntRange(1, 6).Draw(t, "services")
			own := rapid.SliceOfN(rapid.IntRange(0, 5), n, n).Draw(t, "own")
			after := rapid.SliceOfN(rapid.SliceOf(rapid.IntRange(-1, n)), n, n).Draw(t, "after")
			path := graph(own, after).CriticalPath()
			slices.Sort(path)
			require.Len(t, slices.Compact(path), len(path), "nothing is on it twice")
		})
	})

	t.Run("can be as long as a sequence", func(t *testing.T) {
		const n = 20_000
		own, after := make([]int, n), make([][]int, n)
		for i := range n {
			own[i] = 1
			if i+1 < n {
				after[i] = []int{i + 1}
			}
		}
		require.Len(t, graph(own, after).CriticalPath(), n)
	})
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// longestTo tries every path to service i.
func longestTo(i int, own []int, after [][]int) int {
	longest := 0
	for _, need := range after[i] {
		longest = max(longest, longestTo(need, own, after))
	}
	return longest + own[i]
}

func sum(own, path []int) (total int) {
	for _, i := range path {
		total += own[i]
	}
	return total
}
