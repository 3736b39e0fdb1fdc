package runnertest

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/go-fxservices/services/runner"
)

// The checks of rules that services of all kinds have.

// mustBe is broken by a service that a Runner takes for another kind.
func mustBe(kind runner.Kind, s runner.Service) *breach {
	switch actual := runner.KindOf(s); actual {
	case kind:
		return nil
	case runner.KindUnknown:
		return broken("a Runner refuses the %s: %T is both a Resource and a Server", kind, s)
	default:
		return broken("a Runner takes the %s for a %s: %T has the methods of both", kind, actual, s)
	}
}

func keepsName[S subject](tr *trial[S]) *breach {
	s := tr.fresh()
	i := s.core()
	var first string
	if b := i.do("Name", func(context.Context) error {
		first = i.service.Name()
		return nil
	}); b != nil {
		return b
	}
	same := func(context.Context) error {
		if name := i.service.Name(); name != first {
			return fmt.Errorf("it was %q, and is %q", first, name)
		}
		return nil
	}
	again := func() *breach { return i.do("Name", same) }
	return firstOf(i.meanwhile("Name", same, s.up), again, i.meanwhile("Name", same, s.down), again)
}

// meanwhile returns a function that asks a service again and again, on another goroutine, while do runs.
func (i *instance) meanwhile(what string, ask func(context.Context) error, do func() *breach) func() *breach {
	return func() *breach {
		ctx, cancel := context.WithCancel(i.base)
		defer cancel()
		var over atomic.Bool
		asking := i.start(ctx, what, func(ctx context.Context) error {
			for {
				if err := ask(ctx); err != nil || over.Load() {
					return err
				}
				time.Sleep(100 * time.Microsecond)
			}
		})
		b := do()
		over.Store(true)
		waitFor(asking.done, i.limits.moment) // the last answer need not be cut short
		cancel()
		if b != nil {
			return b
		}
		if b := asking.mustReturn(i.limits.grace, "the end of its context"); b != nil {
			return b
		}
		return asking.mustNotFail()
	}
}

func readyWhileUp[S subject](tr *trial[S], before, after string) *breach {
	s := tr.fresh()
	i := s.core()
	if _, ok := runner.As[runner.ReadyChecker](i.service); !ok {
		return notFor("ReadyChecker")
	}
	return firstOf(
		func() *breach { return i.mustNotBeReady(before) },
		s.up, s.down,
		func() *breach { return i.mustNotBeReady(after) },
	)
}

func healthyWhileUp[S subject](tr *trial[S]) *breach {
	s := tr.fresh()
	i := s.core()
	checker, ok := runner.As[runner.HealthChecker](i.service)
	if !ok {
		return notFor("HealthChecker")
	}
	return firstOf(s.up, func() *breach { return i.do("IsHealthy", checker.IsHealthy) }, s.down)
}

func canBeAsked[S subject](tr *trial[S]) *breach {
	s := tr.fresh()
	i := s.core()
	if len(i.probes()) == 0 {
		return notFor("ReadyChecker and no HealthChecker")
	}
	const what = "IsReady or IsHealthy"
	return firstOf(
		func() *breach { return i.mustAnswer("in the beginning") },
		i.meanwhile(what, i.probeAll, s.up),
		i.meanwhile(what, i.probeAll, s.down),
		func() *breach { return i.mustAnswer("in the end") },
	)
}

func reportsFailuresOnly[S subject](tr *trial[S], startsAgain string) *breach {
	s := tr.fresh()
	i := s.core()
	reporter, ok := runner.As[runner.FailureReporter](i.service)
	if !ok {
		return notFor("FailureReporter")
	}
	life := func(when string) *breach {
		if b := s.up(); b != nil {
			return b
		}
		failures, b := i.failures(reporter)
		if b != nil {
			return b
		}
		if b := i.mustReportNothing(failures, when); b != nil {
			return b
		}
		return s.down()
	}
	if b := life("while the service worked"); b != nil || !tr.keeps(startsAgain) {
		return b
	}
	return life("when the service had started again")
}
