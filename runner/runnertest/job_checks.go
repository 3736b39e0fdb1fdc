package runnertest

import "github.com/go-fxservices/services/runner"

func jobWorks(tr *trial[*job]) *breach {
	j := tr.fresh()
	return firstOf(
		func() *breach { return mustBe(runner.KindJob, j.job) },
		j.up,
		func() *breach { return j.lasts(j.running[0]) },
		j.down,
	)
}

func jobLeavesNoGoroutine(tr *trial[*job]) *breach {
	j := tr.fresh()
	return firstOf(j.up, j.down, func() *breach { return j.leftBehind("the return of Run") })
}

func jobRunsAgain(tr *trial[*job]) *breach {
	j := tr.fresh()
	if b := firstOf(j.up, j.down); b != nil {
		return b
	}
	return after("the return of Run", firstOf(j.up, j.down))
}

func survivesSecondRun(tr *trial[*job]) *breach {
	j := tr.fresh()
	if b := j.up(); b != nil {
		return b
	}
	second := j.run("a second Run")
	if _, b := j.refusesOne(j.running[0], second); b != nil {
		return b
	}
	if b := j.down(); b != nil {
		return after("a second Run", b)
	}
	return j.leavesNothing("the return of both Runs")
}

func runReturns(tr *trial[*job]) *breach {
	if b := runsUnder(tr, (*endedCall).mustReturn, (*job).loadReturns); b != nil {
		return b
	}
	j := tr.fresh()
	return firstOf(j.up, j.probesReturn, j.down)
}

func jobErrorsWrap(tr *trial[*job]) *breach {
	return runsUnder(tr, (*endedCall).mustSayWhy, (*job).loadSaysWhy)
}

// runsUnder calls Run of fresh Jobs with contexts that end, and hands each call to judge. load is the same for Load.
func runsUnder(tr *trial[*job], judge func(*endedCall) *breach, load func(*job) *breach) *breach {
	for _, e := range endings {
		j := tr.fresh()
		if b := j.load(); b != nil {
			return b
		}
		if b := judge(j.under(e, "Run", j.job.Run)); b != nil {
			return b
		}
	}
	return load(tr.fresh())
}

func jobSurvivesNil(tr *trial[*job]) *breach {
	j := tr.fresh()
	return firstOf(j.loadWithNil, j.load, func() *breach { return j.withNil("Run", j.job.Run) }, j.probesWithNil)
}
