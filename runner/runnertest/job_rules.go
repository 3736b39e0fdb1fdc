package runnertest

import (
	"testing"

	"github.com/go-fxservices/services/runner"
)

// TestJob tests that a Job keeps the rules of the package documentation. Each rule is a subtest. A Job that has much to do
// is fine: the test ends the contexts of Run.
//
// newJob returns a new Job, which has not run. It is called several times in each subtest, with the t of that, which it may
// use as any test does, but for t.Parallel. No two Jobs that it makes run at the same time.
func TestJob(t *testing.T, newJob func(t *testing.T) runner.Job, opts ...Option) {
	t.Helper()
	s := &suite[*job]{test: "TestJob", rules: jobRules(), options: newOptions(opts)}
	s.create = func(t *testing.T, i instance) *job {
		made := &job{instance: i, job: newJob(t)}
		requireService(t, made.job)
		made.service = made.job
		return made
	}
	s.run(t)
}

// jobRules are the rules of TestJob, a table. The package documentation lists them; a test compares.
func jobRules() []rule[*job] {
	return []rule[*job]{
		{
			name:        "runs to its end, or to that of its context",
			promise:     "Load returns nil. Run returns nil, or goes on until its context ends, and then returns.",
			consequence: "The application fails, or its shutdown has to abandon the job.",
			check:       jobWorks,
		},
		{
			name:        leavesNoGoroutine,
			promise:     "Once Run has returned, no goroutine of the job is left.",
			consequence: "The job goes on after its end, when the services that it needs have stopped.",
			check:       jobLeavesNoGoroutine,
		},
		{
			name:        "keeps its name",
			promise:     "Name returns the same at all times, from any goroutine.",
			consequence: "Errors, logs and timelines show one job under two names.",
			check:       keepsName[*job],
		},
		{
			name:        runsAgain,
			promise:     "After Run has returned, Load and Run work as they did the first time.",
			consequence: "The retrier cannot try the job again, and an application cannot start again in the same process, as tests do.",
			check:       jobRunsAgain,
		},
		{
			name:        "survives a second Run",
			promise:     "A second Run at the same time does not panic. The first one goes on, and each returns after the end of its context.",
			consequence: "A job that two places start by mistake brings the application down, or never ends.",
			check:       survivesSecondRun,
		},
		{
			name:        "Run returns when its context ends",
			promise:     "Load, Run, IsReady and IsHealthy return soon after their context ends, and at once if it has ended before.",
			consequence: "A signal does not end the job: the Runner abandons it at the stop timeout, in the middle of its work.",
			check:       runReturns,
		},
		{
			name:        "errors wrap that of the context",
			promise:     "If Load or Run returns an error because its context has ended, errors.Is finds ctx.Err() or context.Cause(ctx) in it.",
			consequence: "A job that a signal has ended looks like one that has failed, in logs and in the exit code.",
			check:       jobErrorsWrap,
		},
		{
			name:        "can be asked at any time",
			promise:     "IsReady and IsHealthy return, without a panic, in every state and from any goroutine.",
			consequence: "A probe that comes while the job begins or ends crashes or hangs.",
			check:       canBeAsked[*job],
		},
		{
			name:        "reports failures only",
			promise:     "Failed returns at once, and its channel has no error while the job works, also when it runs again.",
			consequence: "The application shuts down though nothing has failed.",
			check: func(tr *trial[*job]) *breach {
				return reportsFailuresOnly(tr, runsAgain)
			},
		},
		{ // the last one: a nil context that gets to a goroutine of the service ends the test binary
			name:        "survives a nil context",
			promise:     "No method panics on a nil context.",
			consequence: "The mistake of a caller is a crash somewhere in a library, instead of an error that names it.",
			check:       jobSurvivesNil,
		},
	}
}
