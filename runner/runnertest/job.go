package runnertest

import "github.com/go-fxservices/services/runner"

// job is a Job under test.
type job struct {
	instance
	job     runner.Job
	running []*serving // its calls of Run since it was down
}

// up calls Load and Run, and waits a moment: a short Job is done by then.
func (j *job) up() *breach {
	if b := j.load(); b != nil {
		return b
	}
	run := j.run("Run")
	j.settle(run)
	return run.mustNotFail()
}

func (j *job) run(what string) *serving {
	run := j.serve(what, j.job.Run)
	j.running = append(j.running, run)
	return run
}

// down ends the context of Run, and waits until it has returned, whatever the result: there is a rule for that.
func (j *job) down() *breach {
	for _, run := range j.running {
		if b := j.mustEnd(run); b != nil {
			return b
		}
	}
	j.running = nil
	return nil
}

func (j *job) tidy() {
	for _, run := range j.running {
		run.end()
		waitFor(run.done, j.limits.grace)
	}
	j.running = nil
}
