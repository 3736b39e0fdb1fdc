package runnertest

// stopsUnder calls Stop of fresh resources with contexts that end, and hands each call to judge.
func stopsUnder(tr *trial[*resource], judge func(*endedCall) *breach) *breach {
	for _, e := range endings {
		r := tr.fresh()
		if b := r.up(); b != nil {
			return b
		}
		stop := r.under(e, "Stop", r.resource.Stop)
		r.started = !stop.hasSucceeded()
		if b := judge(stop); b != nil {
			return b
		}
	}
	return nil
}

func stopReturns(tr *trial[*resource]) *breach { return stopsUnder(tr, (*endedCall).mustReturn) }

func survivesSecondStop(tr *trial[*resource]) *breach {
	r := tr.fresh()
	if b := firstOf(r.up, r.down); b != nil {
		return b
	}
	if _, b := r.try("a second Stop", r.resource.Stop); b != nil {
		return b
	}
	r = tr.fresh()
	if b := r.up(); b != nil {
		return b
	}
	if first := r.under(endings[0], "Stop", r.resource.Stop); !first.hasReturned() || first.hasSucceeded() {
		return nil // that it does not return is for another rule
	}
	second, b := r.try("Stop after one that was cut short", r.resource.Stop)
	if b != nil {
		return b
	}
	r.started = !second.hasSucceeded()
	return r.leavesNothing(second.what)
}

func survivesStopBeforeStart(tr *trial[*resource]) *breach {
	r := tr.fresh()
	if _, b := r.try("Stop before Start", r.resource.Stop); b != nil {
		return b
	}
	if b := r.load(); b != nil {
		return b
	}
	start, b := r.try("Start after Stop", r.resource.Start)
	if b != nil || !start.hasSucceeded() {
		return b
	}
	r.started = true
	return after("Stop and Start", firstOf(r.down, func() *breach { return r.leavesNothing("another Stop") }))
}

func survivesStopDuringStart(tr *trial[*resource]) *breach {
	r := tr.fresh()
	if b := r.load(); b != nil {
		return b
	}
	ctx, end, looked := watch(r.base)
	defer end()
	r.started = true
	start := r.start(ctx, "Start during Stop", r.resource.Start)
	waitForAny(r.limits.moment, start.done, looked)
	late := isClosed(start.done) // then this is an ordinary Stop
	if _, b := r.try("Stop during Start", r.resource.Stop); b != nil {
		return unless(stopBeforeStart, b)
	}
	if b := r.mustReturn(start); b != nil {
		return b
	}
	if start.hasSucceeded() && !late {
		r.tidyUp(r.resource.Stop)
	}
	r.started = false
	return r.leavesNothing("Stop during Start")
}
