package runnertest

import (
	"testing"

	"github.com/go-fxservices/services/runner"
)

// TestResource tests that a Resource keeps the rules of the package documentation. Each rule is a subtest.
//
// newResource returns a new Resource, which has not been started. It is called several times in each subtest, with the t of
// that, which it may use as any test does, but for t.Parallel. No two Resources that it makes are started at the same time.
func TestResource(t *testing.T, newResource func(t *testing.T) runner.Resource, opts ...Option) {
	t.Helper()
	s := &suite[*resource]{test: "TestResource", rules: resourceRules(), options: newOptions(opts)}
	s.create = func(t *testing.T, i instance) *resource {
		r := &resource{instance: i, resource: newResource(t)}
		requireService(t, r.resource)
		r.service = r.resource
		return r
	}
	s.run(t)
}

// resourceRules are the rules of TestResource, a table. The package documentation lists them; a test compares.
func resourceRules() []rule[*resource] {
	return []rule[*resource]{
		{
			name:        "starts and stops",
			promise:     "Load and Start return nil, IsReady returns nil after that, and Stop returns nil.",
			consequence: "The application does not start, or each of its shutdowns ends with an error and exit code 1.",
			check:       resourceWorks,
		},
		{
			name:        leavesNoGoroutine,
			promise:     "Once Stop has returned, no goroutine of the resource is left.",
			consequence: "Programs and tests that start it again and again need ever more memory, and its work goes on after its end.",
			check:       resourceLeavesNoGoroutine,
		},
		{
			name:        "keeps its name",
			promise:     "Name returns the same at all times, from any goroutine.",
			consequence: "Errors, logs and timelines show one service under two names.",
			check:       keepsName[*resource],
		},
		{
			name:        startsAgain,
			promise:     "After Stop, Load and Start work as they did the first time.",
			consequence: "An application cannot start again in the same process, as tests do.",
			check:       resourceStartsAgain,
		},
		{
			name:        "starts again after a failed Start",
			promise:     "After a Start that returned an error because its context ended, Start works.",
			consequence: "The retrier tries in vain: the resource stays down though its server has come up.",
			check:       startsAgainAfterFailedStart,
		},
		{
			name:        "a failed Start leaves nothing",
			promise:     "A Start that returns an error has released everything, because nobody calls Stop after it.",
			consequence: "Each attempt of the retrier leaves a connection or a goroutine behind, until the server refuses more.",
			check:       failedStartLeavesNothing,
		},
		{
			name:        "survives a second Start",
			promise:     "A second Start returns nil or an error. The resource goes on working, and Stop then releases everything.",
			consequence: "A resource that two places start by mistake brings the application down, or nothing ever releases it.",
			check:       survivesSecondStart,
		},
		{
			name:        "survives a second Stop",
			promise:     "A second Stop returns nil or an error. If the first one was cut short, the second one releases the rest.",
			consequence: "A Runner calls Stop again after one that failed: the shutdown panics or hangs, and the resource stays in use.",
			check:       survivesSecondStop,
		},
		{
			name:        stopBeforeStart,
			promise:     "Stop before Start returns nil or an error. If Start works after that, so does another Stop.",
			consequence: "A deferred Stop hides the error of a failed start behind a panic.",
			check:       survivesStopBeforeStart,
		},
		{
			name:        "survives Stop during Start",
			promise:     "Stop may come while Start runs. Both return, and nothing is left once a resource that has started is stopped.",
			consequence: "A shutdown during a slow start crashes, hangs, or leaves the resource started.",
			check:       survivesStopDuringStart,
		},
		{
			name:        "Start returns when its context ends",
			promise:     "Load, Start, IsReady and IsHealthy return soon after their context ends, and at once if it has ended before.",
			consequence: "A signal or the start timeout does not end the start: the Runner abandons it 150 ms later, with everything that it has opened.",
			check:       startReturns,
		},
		{
			name:        "Stop returns when its context ends",
			promise:     "Stop returns soon after its context ends, and at once if it has ended before.",
			consequence: "The Runner abandons the stop 150 ms later, in the middle of its work, and the platform may kill the process before the others have stopped.",
			check:       stopReturns,
		},
		{
			name:        "errors wrap that of the context",
			promise:     "If Load, Start or Stop returns an error because its context has ended, errors.Is finds ctx.Err() or context.Cause(ctx) in it.",
			consequence: "A shutdown during the start looks like a failure of the resource, in logs and in the exit code.",
			check:       resourceErrorsWrap,
		},
		{
			name:        "outlives the context of Start",
			promise:     "The resource works after the context of Start has ended, which a Runner ends as soon as Start has returned.",
			consequence: "The resource stops working a moment after it has started.",
			check:       outlivesStart,
		},
		{
			name:        "is ready from Start to Stop",
			promise:     "IsReady returns an error before Start and after Stop.",
			consequence: "A load balancer sends requests to an instance that cannot answer them.",
			check: func(tr *trial[*resource]) *breach {
				return readyWhileUp(tr, "before Start", "after Stop")
			},
		},
		{
			name:        "is healthy once it has started",
			promise:     "IsHealthy returns nil while the resource is started.",
			consequence: "The platform restarts an instance that works.",
			check:       healthyWhileUp[*resource],
		},
		{
			name:        "can be asked at any time",
			promise:     "IsReady and IsHealthy return, without a panic, in every state and from any goroutine.",
			consequence: "A probe that comes during the start or the shutdown crashes or hangs.",
			check:       canBeAsked[*resource],
		},
		{
			name:        "reports failures only",
			promise:     "Failed returns at once, and its channel has no error while the resource works, also when it has started again.",
			consequence: "The application shuts down though nothing has failed.",
			check: func(tr *trial[*resource]) *breach {
				return reportsFailuresOnly(tr, startsAgain)
			},
		},
		{ // the last one: a nil context that gets to a goroutine of the service ends the test binary
			name:        "survives a nil context",
			promise:     "No method panics on a nil context.",
			consequence: "The mistake of a caller is a crash somewhere in a library, instead of an error that names it.",
			check:       resourceSurvivesNil,
		},
	}
}
