package runnertest

import "github.com/go-fxservices/services/runner"

func resourceWorks(tr *trial[*resource]) *breach {
	r := tr.fresh()
	return firstOf(func() *breach { return mustBe(runner.KindResource, r.resource) }, r.up, r.down)
}

func resourceLeavesNoGoroutine(tr *trial[*resource]) *breach {
	r := tr.fresh()
	if b := firstOf(r.up, r.down); b != nil {
		return b
	}
	r.endContexts()
	return r.leftBehind("Stop")
}

func resourceStartsAgain(tr *trial[*resource]) *breach {
	r := tr.fresh()
	if b := firstOf(r.up, r.down); b != nil {
		return b
	}
	return after("Stop", firstOf(r.up, r.down))
}

// startsUnder calls Start of fresh resources with contexts that end, and hands each call that has not succeeded to judge.
func startsUnder(tr *trial[*resource], judge func(*resource, *endedCall) *breach) *breach {
	for _, e := range endings {
		r := tr.fresh()
		if b := r.load(); b != nil {
			return b
		}
		r.started = true
		start := r.under(e, "Start", r.resource.Start)
		if start.hasSucceeded() {
			continue
		}
		r.started = !start.hasFailed()
		if b := judge(r, start); b != nil {
			return b
		}
	}
	return nil
}

func startReturns(tr *trial[*resource]) *breach {
	if b := startsUnder(tr, func(_ *resource, start *endedCall) *breach { return start.mustReturn() }); b != nil {
		return b
	}
	r := tr.fresh()
	return firstOf(r.loadReturns, r.up, r.probesReturn, r.down)
}

func startsAgainAfterFailedStart(tr *trial[*resource]) *breach {
	return startsUnder(tr, func(r *resource, start *endedCall) *breach {
		if !start.hasReturned() {
			return nil // that is for the rule of Starts that do not return
		}
		return unless(startsAgain, after(start.what, firstOf(r.up, r.down)))
	})
}

func failedStartLeavesNothing(tr *trial[*resource]) *breach {
	return startsUnder(tr, func(r *resource, start *endedCall) *breach {
		if !start.hasReturned() {
			return nil
		}
		return r.leavesNothing(start.what)
	})
}

func survivesSecondStart(tr *trial[*resource]) *breach {
	r := tr.fresh()
	if b := r.up(); b != nil {
		return b
	}
	worked := r.works()
	second, b := r.try("a second Start", r.resource.Start)
	if b != nil {
		return b
	}
	if worked {
		b = r.mustWork()
	}
	if b == nil {
		b = r.down()
	}
	if b != nil {
		return after("a second Start", b)
	}
	if second.hasSucceeded() { // a Runner stops each Start that has succeeded
		r.tidyUp(r.resource.Stop)
	}
	return r.leavesNothing("a second Start and Stop")
}

func resourceErrorsWrap(tr *trial[*resource]) *breach {
	if b := startsUnder(tr, func(_ *resource, start *endedCall) *breach { return start.mustSayWhy() }); b != nil {
		return b
	}
	if b := tr.fresh().loadSaysWhy(); b != nil {
		return b
	}
	return stopsUnder(tr, (*endedCall).mustSayWhy)
}

func resourceSurvivesNil(tr *trial[*resource]) *breach {
	r := tr.fresh()
	if b := firstOf(r.loadWithNil, r.load); b != nil {
		return b
	}
	r.started = true
	if b := r.withNil("Start", r.resource.Start); b != nil {
		return b
	}
	r = tr.fresh()
	return firstOf(r.up, r.probesWithNil, func() *breach { return r.withNil("Stop", r.resource.Stop) })
}

func outlivesStart(tr *trial[*resource]) *breach {
	r := tr.fresh()
	if len(r.probes()) == 0 {
		return notFor("ReadyChecker and no HealthChecker")
	}
	if b := r.up(); b != nil || !r.works() {
		return b // that it does not work at all is for other rules
	}
	r.endContexts()
	var b *breach
	eventually(2*r.limits.moment, func() bool {
		b = r.mustWork()
		return b != nil
	})
	if b != nil {
		return after("the end of the context of Start", b)
	}
	return r.down()
}
