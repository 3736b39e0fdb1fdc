package runnertest

import (
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/go-fxservices/services/internal/goroutines"
)

// The labels by which the goroutines of a service are found.
const (
	ruleLabel = "runnertest.rule"
	callLabel = "runnertest.call"
)

var lastID atomic.Int64

// newID returns the value of a label, which nothing else in the process has.
func newID() string { return strconv.FormatInt(lastID.Add(1), 10) }

// leftovers returns the goroutines that calls of a rule have left behind. A call that has not returned is none of them.
func leftovers(rule string) []goroutines.Goroutine {
	return slices.DeleteFunc(goroutines.With(ruleLabel, rule), func(g goroutines.Goroutine) bool { return g.Runs(callFunction) })
}
