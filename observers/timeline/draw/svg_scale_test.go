package draw_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/observers/timeline/draw"
)

func TestScale(t *testing.T) {
	width := func(e element) float64 { return number(t, e.attr("width")) }

	t.Run("gives the start its room however long the program served", func(t *testing.T) {
		long := shop()
		long.ShutdownBegan = long.ShutdownBegan.Add(10 * 365 * 24 * time.Hour)
		long.Stopped = long.ShutdownBegan.Add(32 * time.Millisecond)
		phases := svgOf(t, long).find("rect", "phase")
		require.Len(t, phases, 4)
		require.Greater(t, width(phases[1]), 250.0, "starting")
		require.InDelta(t, 100, width(phases[2]), 0.01, "serving")
		require.Greater(t, width(phases[3]), 150.0, "stopping")
	})

	t.Run("marks where it is broken", func(t *testing.T) {
		require.Len(t, svgOf(t, shop()).find("path", "torn"), 1)
		require.Empty(t, svgOf(t, stillStarting()).find("path", "torn"))
	})

	t.Run("is unbroken while the time after the start is short", func(t *testing.T) {
		s := allPictures()["serving"]
		s.Taken = s.Ready.Add(5 * time.Millisecond)
		require.Empty(t, svgOf(t, s).find("path", "torn"))
	})

	t.Run("shows a service that began after the start within the break", func(t *testing.T) {
		s := sequenceOf(2)
		later := s.Ready.Add(30 * time.Second)
		s.Services[1].StartBegan, s.Services[1].Started, s.Services[1].Ready = later, later, later
		bar := rowOf(t, svgOf(t, s), "service 1").find("rect", "start")[0]
		phase := svgOf(t, s).find("rect", "phase")[2]
		require.InDelta(t, number(t, phase.attr("x"))+width(phase)/2, number(t, bar.attr("x")), 1)
	})

	t.Run("is to scale", func(t *testing.T) {
		root := svgOf(t, shop())
		kafka := rowOf(t, root, "kafka").find("rect", "start")[0]
		migrations := rowOf(t, root, "migrations").find("rect", "start")[0]
		require.InDelta(t, 54.1/21.5, width(kafka)/width(migrations), 0.01)
	})
}

func TestTicks(t *testing.T) {
	for all, want := range map[time.Duration]string{
		0:                       "",
		7:                       "0 ns, 1 ns, 2 ns, 3 ns, 4 ns, 5 ns, 6 ns, 7 ns",
		time.Microsecond:        "0 µs, 0.1 µs, 0.2 µs, 0.3 µs, 0.4 µs, 0.5 µs, 0.6 µs, 0.7 µs, 0.8 µs, 0.9 µs, 1 µs",
		80 * time.Millisecond:   "0 ms, 10 ms, 20 ms, 30 ms, 40 ms, 50 ms, 60 ms, 70 ms, 80 ms",
		1700 * time.Millisecond: "0 s, 0.2 s, 0.4 s, 0.6 s, 0.8 s, 1 s, 1.2 s, 1.4 s, 1.6 s",
		time.Minute:             "0 s, 10 s, 20 s, 30 s, 40 s, 50 s, 60 s",
		3 * time.Minute:         "0, 30 s, 1m, 1m 30s, 2m, 2m 30s, 3m",
		5 * time.Hour:           "0, 30m, 1h, 1h 30m, 2h, 2h 30m, 3h, 3h 30m, 4h, 4h 30m, 5h",
		25 * 24 * time.Hour:     "0, 3d, 6d, 9d, 12d, 15d, 18d, 21d, 24d",
		math.MaxInt64:           "0, 10676d, 21352d, 32028d, 42704d, 53380d, 64056d, 74732d, 85408d, 96084d",
	} {
		t.Run(all.String(), func(t *testing.T) {
			s := timeline.Snapshot{Began: epoch, Taken: epoch.Add(all)}
			require.Equal(t, want, strings.Join(draw.TicksOf(s, 700), ", "))
		})
	}
}
