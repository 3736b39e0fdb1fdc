// Package runner starts, supervises and stops the components of a Go service.
//
// A component is a [Service]: a [Resource] is started and stopped (a database, a broker), a [Server] accepts work until it
// is closed (HTTP, gRPC, a consumer), and a [Job] runs to its end (an import). A [Runner] starts Resources one at a time in
// the given order, lets Servers listen in parallel, ends on a signal, at the end of a context or when a service fails, and
// stops everything in reverse order.
//
//	r := runner.NewRunner()
//	defer r.Finish(ctx)
//	if err := r.Run(ctx, postgres, kafka); err != nil { // returns once they are started
//		return err
//	}
//	return r.Run(ctx, api, metrics) // blocks until the program has to end
//
// # The life of a service
//
// [Runner.Run] looks at each service once: its name, kind, settings and optional capabilities ([ServiceNew]). When its turn
// comes, the Runner calls Load if the service is a [Configurable] ([ServiceLoading]), and then Start, or, on a goroutine of
// their own, Listen or a Job's Run ([ServiceStarting]). It polls a [ReadyChecker] until IsReady returns nil. Now the service
// is up ([ServiceReady]), and the next one starts. If Load, Start, Listen or a Job's Run returns an error, or a
// [FailureReporter] reports one while the service is up, the service has failed ([ServiceFailed]) and its Run ends. When a
// Run that serves ends, for whatever reason, its Servers go on for the drain delay; then the Runner calls Close, ends the
// context of Listen or of a Job's Run, and waits until that returns. Resources stay up until [Runner.Finish] or
// [Runner.Stop] calls Stop ([ServiceStopping], then [ServiceStopped]); if a service fails to start, its Run stops everything
// that it has started, newest first. The Runner abandons a call that has not returned 150 ms after its context has ended,
// puts the name of the service and its stack into the error, and goes on with the others ([ServiceAbandoned]). If an
// abandoned Start returns nil later, the Runner stops the service at once.
//
// [ServiceState] has a diagram of these states, and [State] one of the states of the Runner as a whole.
//
// # Order and concurrency
//
// By default services start in the order in which they are given. The settings [After] and [Barrier] change that order, and
// with [WithConcurrency] services that no setting connects start and stop at the same time.
//
// # Contexts
//
// Every context that a service gets has the values and profiler labels of the caller's context, and the label "service" with
// the name of the service. The context of Load, Start and IsReady ends with that of the caller, at the first signal, at the
// start timeout, and when the call returns: a service must not keep it. Its cause says which. The contexts of Close and Stop
// are fresh ones with the stop timeout; if the caller of Finish or Stop has an earlier deadline, that one counts.
//
// # Faults
//
// A panic, or a call of runtime.Goexit, in a call of a service is an error of that call, a [*PanicError]. Each failed call is
// a [*ServiceError] that names the call and the service, and errors.Is and errors.As find every cause. The Runner forgets no
// service that has started: Finish stops it, whatever the others do, and if it fails to stop, a later Finish tries again.
//
// The package depends on the standard library only. [How it works] describes the code for those who change it.
//
// [How it works]: https://github.com/go-fxservices/services/blob/main/docs/design/000-how-it-works.md
package runner
