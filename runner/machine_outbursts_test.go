package runner_test

import (
	"errors"
	"fmt"
	"slices"

	"github.com/go-fxservices/services/runner"
)

// outbursts requires that each panic of the unruly Observer is joined to the result
// of one call, unless there were too many of them.
func (m *machine) outbursts(all []happening) (wrong []string) {
	seen := map[*runner.ObserverError]bool{}
	for i, h := range all {
		own := outburstsIn(h.err)
		for _, failed := range own {
			if h.what != "return" || seen[failed] || failed.Observer != any(m.unruly) || !m.unruly.threw(failed) {
				wrong = append(wrong, fmt.Sprintf("told of a panic where it should not: %v", h))
			}
			seen[failed] = true
		}
		if len(own) > maxOutbursts {
			wrong = append(wrong, fmt.Sprintf("told of too many panics: %v", h))
		}
		if m.plan.Unruly.How < observerBlocks && i >= m.sequential && h.what == "return" && returnsOutbursts(h.name) && h.thrown != len(seen) &&
			h.thrown <= maxOutbursts && !m.anyStartsLate(all) {
			wrong = append(wrong, fmt.Sprintf("told of %d panics, not %d: %v", len(seen), h.thrown, h))
		}
	}
	switch thrown := m.unruly.count(); m.plan.Unruly.How {
	case observerPauses:
	case observerBlocks: // the end of the case may have come first
		if len(seen) > thrown {
			wrong = append(wrong, fmt.Sprintf("told of %d observers that blocked in the end, not %d", len(seen), thrown))
		}
	default:
		if len(seen) > thrown || len(seen) < min(thrown, maxOutbursts) {
			wrong = append(wrong, fmt.Sprintf("told of %d panics in the end, not %d", len(seen), thrown))
		}
	}
	return wrong
}

// threw reports whether failed is an error of the kind that the unruly Observer makes.
func (u *unruly) threw(failed *runner.ObserverError) bool {
	var panicked *runner.PanicError
	var timeout *runner.TimeoutError
	switch u.plan.How {
	case observerPanics:
		return errors.Is(failed, errOutburst)
	case observerExits:
		return errors.As(failed, &panicked) && !errors.Is(failed, errOutburst)
	default: // a pause is too long for the grace of an end, too, where there were many
		return errors.As(failed, &timeout)
	}
}

// returnsOutbursts reports whether a call of the Runner returns the errors of Observers.
func returnsOutbursts(call string) bool { return call == "run" || call == "finish" }

func outburstsIn(err error) (found []*runner.ObserverError) {
	each(err, func(part error) {
		if failed, ok := part.(*runner.ObserverError); ok { //nolint:errorlint // the tree is walked here
			found = append(found, failed)
		}
	})
	return found
}

// saysOnlyOutbursts reports whether all went well but for Observers.
func saysOnlyOutbursts(err error) bool {
	switch err := err.(type) { //nolint:errorlint // the tree is walked here
	case nil, *runner.ObserverError:
		return true
	case interface{ Unwrap() []error }:
		return !slices.ContainsFunc(err.Unwrap(), func(part error) bool { return !saysOnlyOutbursts(part) })
	default:
		return false
	}
}
