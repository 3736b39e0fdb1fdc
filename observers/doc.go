// Package observers provides ready-made Observers for a [runner.Runner]: [Zap] and
// [Slog] write a log line for each event, [Funcs] calls functions.
//
//	r := runner.NewRunner(runner.WithObserver(observers.NewZap(logger)))
//
// # Log lines
//
// Messages are constant and lower case, so that they can be searched for:
//
//	service loading      service loaded        service load failed
//	service starting     service started       service start failed
//	service stopping     service stopped       service stop failed
//	server failed        service failed
//	job done             job failed
//	retrying service     attempting service    service queued
//	signal received      grace period too short
//	services start one at a time
//	application ready    application draining
//	application stopping application stopped
//
// Each line has these fields where they apply:
//
//	service   the name of the service, as the Runner writes it
//	kind      resource, server or job
//	attempt   the number of an attempt, from 1
//	pause     the time until the next attempt
//	signal    the name of a signal
//	after     the names of the services that it starts after
//	barrier   the reason why everything waits for it
//	services  the number of services that are started
//	delay     the time for which the servers still accept work
//	cause     the reason of the end: a signal, an error; none after Finish
//	need      the time that stopping may take
//	have      the time that the grace period allows
//	chain     the names of the services that need it, one after the other
//	duration  the time since "loading", "starting" or "stopping"; for "job done" and
//	          "job failed", the time that the Job took; in lines about the application,
//	          the time since the first start
//	error     the failure
//	stack     the stack of a panic, or of the goroutines of a call that was abandoned
//
// # Levels
//
// Failures are at level error. "retrying service", an attempt that failed and will be
// followed by another, "grace period too short", and "services start one at a time",
// because all of them are barriers for one reason, are warnings. "attempting service"
// and "service queued" are at level debug; the latter is written for services that have
// a place in an order of their own, see runner.After and runner.Barrier. All other
// lines are at level info.
//
// One failure is one line at level error: the first that reports it. A server that fails
// is "server failed", a job that fails "job failed"; a resource or a job that reports a
// failure between its calls, see [runner.FailureReporter], is "service failed"; a service
// that does not start is "service start failed", or "service load failed". The
// consequences of a failure that was reported are at level info, as long as their error
// says nothing else:
//
//   - the stop of the service that failed is "service stopped";
//   - a start that ends because another service has failed is "service start failed",
//     with that error;
//   - the end of the application is "application stopping", with the failure as its
//     cause, and not as its error.
//
// Where the application ends with a failure that no line has reported, "application
// draining" or "application stopping", whichever comes first, is at level error: a
// program may give an error to [runner.Runner.Shutdown].
//
// "job done" is written for a job that returns by itself. One that returns because it is
// being stopped is "service stopped", as other services are.
//
// A start that a signal, Finish, or a Shutdown without a cause ends is at level info, too:
// nothing has failed. A call that was abandoned, a panic, and any further error are
// failures of their own.
//
// Lines about the application follow [runner.State]. "application ready" is written
// each time that all services asked for are up, so once for each Run of a program
// that has several. A Runner that has never started anything ends without a line.
//
// Nothing is logged that the service did not itself put into its name or its
// error.
package observers
