package runnertest

import (
	"testing"

	"github.com/go-fxservices/services/runner"
)

// TestServer tests that a Server keeps the rules of the package documentation. Each rule is a subtest. Both kinds of Server
// are fine: one whose Listen blocks until Close, and one whose Listen returns nil at once.
//
// newServer returns a new Server, which nobody has listened to. It is called several times in each subtest, with the t of
// that, which it may use as any test does, but for t.Parallel. No two Servers that it makes are up at the same time, so that
// all may have the same address.
func TestServer(t *testing.T, newServer func(t *testing.T) runner.Server, opts ...Option) {
	t.Helper()
	s := &suite[*server]{test: "TestServer", rules: serverRules(), options: newOptions(opts)}
	s.create = func(t *testing.T, i instance) *server {
		made := &server{instance: i, server: newServer(t)}
		requireService(t, made.server)
		made.service = made.server
		return made
	}
	s.run(t)
}

// serverRules are the rules of TestServer, a table. The package documentation lists them; a test compares.
func serverRules() []rule[*server] {
	return []rule[*server]{
		{
			name:        "listens and closes",
			promise:     "Load and Close return nil, and IsReady returns nil once Listen has begun. Listen returns no error before Close, and returns after it.",
			consequence: "The application does not start, or each of its shutdowns ends with an error and exit code 1.",
			check:       serverWorks,
		},
		{
			name:        leavesNoGoroutine,
			promise:     "Once Close and Listen have returned, no goroutine of the server is left, also where the context of Listen had ended before it began.",
			consequence: "Programs and tests that start it again and again need ever more memory, and its work goes on after its end.",
			check:       serverLeavesNoGoroutine,
		},
		{
			name:        "keeps its name",
			promise:     "Name returns the same at all times, from any goroutine.",
			consequence: "Errors, logs and timelines show one service under two names.",
			check:       keepsName[*server],
		},
		{
			name:        listensAgain,
			promise:     "After Close, and after a Listen whose context had ended, Load and Listen work as they did the first time.",
			consequence: "The retrier cannot restart the server, and an application cannot start again in the same process, as tests do.",
			check:       serverListensAgain,
		},
		{
			name:        "survives a second Listen",
			promise:     "A second Listen does not panic. The server goes on working, and each Listen returns after Close and the end of its context.",
			consequence: "A server that two places start by mistake brings the application down, or its port stays open.",
			check:       survivesSecondListen,
		},
		{
			name:        "survives a second Close",
			promise:     "A second Close returns nil or an error.",
			consequence: "A Runner closes a server again whose Listen returned late, or whose Close failed: the shutdown ends with a panic.",
			check:       survivesSecondClose,
		},
		{
			name:        closeBeforeListen,
			promise:     "Close before Listen returns nil or an error.",
			consequence: "A shutdown that comes when Listen has hardly begun panics or hangs.",
			check:       survivesCloseBeforeListen,
		},
		{
			name:        "Listen returns whenever Close comes",
			promise:     "Listen returns soon after Close and the end of its context, in any order, also if they came just before it began. What it then serves in the background, another Close ends.",
			consequence: "A shutdown during the start hangs until the stop timeout, and leaves a port open.",
			check:       listenReturns,
		},
		{
			name:        "Listen returns no failure after Close",
			promise:     "After Close, Listen returns nil, or an error that says nothing but context.Canceled, net.ErrClosed or http.ErrServerClosed.",
			consequence: "Each graceful shutdown ends with an error and exit code 1.",
			check:       listenReturnsNoFailure,
		},
		{
			name:        "Close returns when its context ends",
			promise:     "Load, IsReady, IsHealthy and Close return soon after their context ends, and at once if it has ended before. So does Listen after such a Close.",
			consequence: "The Runner abandons the server 150 ms later, in the middle of its work, and the platform may kill the process before the others have stopped.",
			check:       closeReturns,
		},
		{
			name:        "errors wrap that of the context",
			promise:     "If Load or Close returns an error because its context has ended, errors.Is finds ctx.Err() or context.Cause(ctx) in it.",
			consequence: "A shutdown with too little time looks like a failure of the server, in logs and in the exit code.",
			check:       serverErrorsWrap,
		},
		{
			name:        "is ready from Listen to Close",
			promise:     "IsReady returns an error before Listen and after Close.",
			consequence: "A load balancer sends requests to an instance that cannot answer them.",
			check: func(tr *trial[*server]) *breach {
				return readyWhileUp(tr, "before Listen", "after Close")
			},
		},
		{
			name:        "is healthy while it listens",
			promise:     "IsHealthy returns nil from when the server is ready until Close.",
			consequence: "The platform restarts an instance that works.",
			check:       healthyWhileUp[*server],
		},
		{
			name:        "can be asked at any time",
			promise:     "IsReady and IsHealthy return, without a panic, in every state and from any goroutine.",
			consequence: "A probe that comes during the start or the shutdown crashes or hangs.",
			check:       canBeAsked[*server],
		},
		{
			name:        "reports failures only",
			promise:     "Failed returns at once, and its channel has no error while the server works, also when it listens again.",
			consequence: "The application shuts down though nothing has failed.",
			check: func(tr *trial[*server]) *breach {
				return reportsFailuresOnly(tr, listensAgain)
			},
		},
		{ // the last one: a nil context that gets to a goroutine of the service ends the test binary
			name:        "survives a nil context",
			promise:     "No method panics on a nil context.",
			consequence: "The mistake of a caller is a crash somewhere in a library, instead of an error that names it.",
			check:       serverSurvivesNil,
		},
	}
}
