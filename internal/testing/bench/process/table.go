package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// table has the times of each program, by round.
type table [][]time.Duration

func newTable(rounds int) table {
	t := make(table, len(programs))
	for i := range t {
		t[i] = make([]time.Duration, rounds)
	}
	return t
}

// ratio returns the median of the ratios of a program to the reference. The two of one round ran close together, so it depends
// less on the machine than the ratio of the medians.
func (t table) ratio(i int) float64 {
	ratios := make([]float64, len(t[i]))
	for round := range ratios {
		ratios[round] = float64(t[i][round]) / float64(t[reference][round])
	}
	return median(ratios)
}

func median[T ~int64 | ~float64](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// report writes one line for each program.
func report(out io.Writer, up, down table) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "exec to listening\tx %[1]s\tSIGTERM to exit\tx %[1]s\t  medians of %[2]d\n", programs[reference].name, len(up[0]))
	for i, p := range programs {
		fmt.Fprintf(w, "%s\t%.2f\t%s\t%.2f\t  %s\n", ms(median(up[i])), up.ratio(i), ms(median(down[i])), down.ratio(i), p.name)
	}
	return w.Flush()
}

func ms(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond)) }
