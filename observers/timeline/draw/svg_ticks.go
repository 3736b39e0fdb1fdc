package draw

import (
	"strconv"
	"time"

	"github.com/go-fxservices/services/internal/units"
)

// tick is a mark of the axis.
type tick struct {
	x     float64
	label string
}

const (
	tickRoom  = 50.0 // for the label of a tick
	mostTicks = 10
)

// ticks returns the marks of a piece, at round distances from its beginning.
func (p piece) ticks(sign string) []tick {
	all := p.to.Sub(p.from)
	if p.broken || all <= 0 {
		return nil
	}
	step := tickStep(all, min(int((p.right-p.left)/tickRoom), mostTicks))
	var marks []tick
	for i := range int64(all/step) + 1 {
		at := time.Duration(i) * step
		label := tickLabel(at, all)
		if i > 0 {
			label = sign + label
		}
		marks = append(marks, tick{p.place(p.from.Add(at)), label})
	}
	return marks
}

// longSteps are the steps between ten seconds and a day, in seconds. Shorter steps are
// round numbers, and longer ones are whole days.
var longSteps = []int{30, 60, 120, 300, 600, 1800, 3600, 2 * 3600, 6 * 3600, 12 * 3600}

// tickStep returns the smallest round duration that fits at most n times.
func tickStep(all time.Duration, n int) time.Duration {
	least := all / time.Duration(max(n, 1))
	for unit := time.Nanosecond; unit <= 10*time.Second; unit *= 10 {
		for _, step := range []time.Duration{unit, 2 * unit, 5 * unit} {
			if step >= least && step <= 10*time.Second {
				return step
			}
		}
	}
	for _, seconds := range longSteps {
		if step := time.Duration(seconds) * time.Second; step >= least {
			return step
		}
	}
	const day = 24 * time.Hour
	return least.Truncate(day) + day
}

// tickLabel formats a time in the unit of the axis, whose length is all.
func tickLabel(t, all time.Duration) string {
	unit, name := time.Nanosecond, " ns"
	switch {
	case all >= 2*time.Minute:
		if t == 0 {
			return "0"
		}
		return units.Brief(t)
	case all >= time.Second:
		unit, name = time.Second, " s"
	case all >= time.Millisecond:
		unit, name = time.Millisecond, " ms"
	case all >= time.Microsecond:
		unit, name = time.Microsecond, " µs"
	}
	return strconv.FormatFloat(float64(t)/float64(unit), 'f', -1, 64) + name
}
