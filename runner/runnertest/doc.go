// Package runnertest tests that a Resource, a Server or a Job keeps the contract of package runner.
//
//	func TestCache(t *testing.T) {
//		runnertest.TestResource(t, func(t *testing.T) runner.Resource {
//			return cache.New(cache.Config{Dir: t.TempDir()})
//		})
//	}
//
// Each promise of the contract is a rule, and each rule is a subtest, whose name is the promise in short. The message of one
// that fails says how the service has broken it, the promise in full, the consequence for those who use the service, and the
// stack of a call that panicked or does not return. [Without] leaves rules out that are not meant for a service.
//
// # What a test does
//
// Each subtest makes new services, calls them as a Runner does, and as other code may, and stops them. No two are up at the
// same time, so that all may have the same address. Some rules make calls at the same time: run the test with -race to find
// data races between them.
//
// The first rule is that the service works at all. If it does not, the other rules are skipped. Rules about IsReady,
// IsHealthy and Failed look through wrappers, with [runner.As], and are skipped for a service that has none of them. A fault
// that breaks several rules fails only one of them where the test can tell.
//
// A call that does not return fails its rule, and nothing else: the test names the function where it waits, and goes on
// without it. Calls get 2 seconds to return after the end of their context, where a Runner gives 150 ms, and 10 seconds
// where it has not ended, or less where the test binary has less. Where a busy machine stalls the process, they get that time
// back. A service that keeps the rules needs milliseconds.
//
// A test finds goroutines by a profiler label, which each goroutine has from the one that started it: goroutines of
// other tests, and those that were there before, are none of its business. So are those that a package starts once in a
// process, as os/signal does: they begin with the first rule, which counts none. A goroutine that the service has given other
// labels, or that a timer has started, stays unseen. A panic on a goroutine of the service ends the test binary, as always.
//
// # Rules for Resources
//
//   - starts and stops: Load and Start return nil, IsReady returns nil after that, and Stop returns nil. Otherwise: The
//     application does not start, or each of its shutdowns ends with an error and exit code 1.
//   - leaves no goroutine: Once Stop has returned, no goroutine of the resource is left. Otherwise: Programs and tests that
//     start it again and again need ever more memory, and its work goes on after its end.
//   - keeps its name: Name returns the same at all times, from any goroutine. Otherwise: Errors, logs and timelines show one
//     service under two names.
//   - starts again after Stop: After Stop, Load and Start work as they did the first time. Otherwise: An application cannot
//     start again in the same process, as tests do.
//   - starts again after a failed Start: After a Start that returned an error because its context ended, Start works.
//     Otherwise: The retrier tries in vain: the resource stays down though its server has come up.
//   - a failed Start leaves nothing: A Start that returns an error has released everything, because nobody calls Stop after
//     it. Otherwise: Each attempt of the retrier leaves a connection or a goroutine behind, until the server refuses more.
//   - survives a second Start: A second Start returns nil or an error. The resource goes on working, and Stop then releases
//     everything. Otherwise: A resource that two places start by mistake brings the application down, or nothing ever
//     releases it.
//   - survives a second Stop: A second Stop returns nil or an error. If the first one was cut short, the second one releases
//     the rest. Otherwise: A Runner calls Stop again after one that failed: the shutdown panics or hangs, and the resource
//     stays in use.
//   - survives Stop before Start: Stop before Start returns nil or an error. If Start works after that, so does another
//     Stop. Otherwise: A deferred Stop hides the error of a failed start behind a panic.
//   - survives Stop during Start: Stop may come while Start runs. Both return, and nothing is left once a resource that has
//     started is stopped. Otherwise: A shutdown during a slow start crashes, hangs, or leaves the resource started.
//   - Start returns when its context ends: Load, Start, IsReady and IsHealthy return soon after their context ends, and at
//     once if it has ended before. Otherwise: A signal or the start timeout does not end the start: the Runner abandons it
//     150 ms later, with everything that it has opened.
//   - Stop returns when its context ends: Stop returns soon after its context ends, and at once if it has ended before.
//     Otherwise: The Runner abandons the stop 150 ms later, in the middle of its work, and the platform may kill the process
//     before the others have stopped.
//   - errors wrap that of the context: If Load, Start or Stop returns an error because its context has ended, errors.Is
//     finds ctx.Err() or context.Cause(ctx) in it. Otherwise: A shutdown during the start looks like a failure of the
//     resource, in logs and in the exit code.
//   - outlives the context of Start: The resource works after the context of Start has ended, which a Runner ends as soon as
//     Start has returned. Otherwise: The resource stops working a moment after it has started.
//   - is ready from Start to Stop: IsReady returns an error before Start and after Stop. Otherwise: A load balancer sends
//     requests to an instance that cannot answer them.
//   - is healthy once it has started: IsHealthy returns nil while the resource is started. Otherwise: The platform restarts
//     an instance that works.
//   - can be asked at any time: IsReady and IsHealthy return, without a panic, in every state and from any goroutine.
//     Otherwise: A probe that comes during the start or the shutdown crashes or hangs.
//   - reports failures only: Failed returns at once, and its channel has no error while the resource works, also when it has
//     started again. Otherwise: The application shuts down though nothing has failed.
//   - survives a nil context: No method panics on a nil context. Otherwise: The mistake of a caller is a crash somewhere in
//     a library, instead of an error that names it.
//
// # Rules for Servers
//
//   - listens and closes: Load and Close return nil, and IsReady returns nil once Listen has begun. Listen returns no error
//     before Close, and returns after it. Otherwise: The application does not start, or each of its shutdowns ends with an
//     error and exit code 1.
//   - leaves no goroutine: Once Close and Listen have returned, no goroutine of the server is left, also where the context
//     of Listen had ended before it began. Otherwise: Programs and tests that start it again and again need ever more
//     memory, and its work goes on after its end.
//   - keeps its name: Name returns the same at all times, from any goroutine. Otherwise: Errors, logs and timelines show one
//     service under two names.
//   - listens again after Close: After Close, and after a Listen whose context had ended, Load and Listen work as they did
//     the first time. Otherwise: The retrier cannot restart the server, and an application cannot start again in the same
//     process, as tests do.
//   - survives a second Listen: A second Listen does not panic. The server goes on working, and each Listen returns after
//     Close and the end of its context. Otherwise: A server that two places start by mistake brings the application down, or
//     its port stays open.
//   - survives a second Close: A second Close returns nil or an error. Otherwise: A Runner closes a server again whose
//     Listen returned late, or whose Close failed: the shutdown ends with a panic.
//   - survives Close before Listen: Close before Listen returns nil or an error. Otherwise: A shutdown that comes when
//     Listen has hardly begun panics or hangs.
//   - Listen returns whenever Close comes: Listen returns soon after Close and the end of its context, in any order, also if
//     they came just before it began. What it then serves in the background, another Close ends. Otherwise: A shutdown
//     during the start hangs until the stop timeout, and leaves a port open.
//   - Listen returns no failure after Close: After Close, Listen returns nil, or an error that says nothing but
//     context.Canceled, net.ErrClosed or http.ErrServerClosed. Otherwise: Each graceful shutdown ends with an error and exit
//     code 1.
//   - Close returns when its context ends: Load, IsReady, IsHealthy and Close return soon after their context ends, and at
//     once if it has ended before. So does Listen after such a Close. Otherwise: The Runner abandons the server 150 ms
//     later, in the middle of its work, and the platform may kill the process before the others have stopped.
//   - errors wrap that of the context: If Load or Close returns an error because its context has ended, errors.Is finds
//     ctx.Err() or context.Cause(ctx) in it. Otherwise: A shutdown with too little time looks like a failure of the server,
//     in logs and in the exit code.
//   - is ready from Listen to Close: IsReady returns an error before Listen and after Close. Otherwise: A load balancer
//     sends requests to an instance that cannot answer them.
//   - is healthy while it listens: IsHealthy returns nil from when the server is ready until Close. Otherwise: The platform
//     restarts an instance that works.
//   - can be asked at any time: IsReady and IsHealthy return, without a panic, in every state and from any goroutine.
//     Otherwise: A probe that comes during the start or the shutdown crashes or hangs.
//   - reports failures only: Failed returns at once, and its channel has no error while the server works, also when it
//     listens again. Otherwise: The application shuts down though nothing has failed.
//   - survives a nil context: No method panics on a nil context. Otherwise: The mistake of a caller is a crash somewhere in
//     a library, instead of an error that names it.
//
// # Rules for Jobs
//
//   - runs to its end, or to that of its context: Load returns nil. Run returns nil, or goes on until its context ends, and
//     then returns. Otherwise: The application fails, or its shutdown has to abandon the job.
//   - leaves no goroutine: Once Run has returned, no goroutine of the job is left. Otherwise: The job goes on after its end,
//     when the services that it needs have stopped.
//   - keeps its name: Name returns the same at all times, from any goroutine. Otherwise: Errors, logs and timelines show one
//     job under two names.
//   - runs again: After Run has returned, Load and Run work as they did the first time. Otherwise: The retrier cannot try
//     the job again, and an application cannot start again in the same process, as tests do.
//   - survives a second Run: A second Run at the same time does not panic. The first one goes on, and each returns after the
//     end of its context. Otherwise: A job that two places start by mistake brings the application down, or never ends.
//   - Run returns when its context ends: Load, Run, IsReady and IsHealthy return soon after their context ends, and at once
//     if it has ended before. Otherwise: A signal does not end the job: the Runner abandons it at the stop timeout, in the
//     middle of its work.
//   - errors wrap that of the context: If Load or Run returns an error because its context has ended, errors.Is finds
//     ctx.Err() or context.Cause(ctx) in it. Otherwise: A job that a signal has ended looks like one that has failed, in
//     logs and in the exit code.
//   - can be asked at any time: IsReady and IsHealthy return, without a panic, in every state and from any goroutine.
//     Otherwise: A probe that comes while the job begins or ends crashes or hangs.
//   - reports failures only: Failed returns at once, and its channel has no error while the job works, also when it runs
//     again. Otherwise: The application shuts down though nothing has failed.
//   - survives a nil context: No method panics on a nil context. Otherwise: The mistake of a caller is a crash somewhere in
//     a library, instead of an error that names it.
package runnertest
