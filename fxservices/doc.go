// Package fxservices runs the services of an Uber fx application: fx decides the wiring, and a [runner.Runner] starts,
// supervises and stops the services.
//
//	fx.New(
//		fxservices.Module(fxservices.DrainDelay(5*time.Second)),
//		fx.Provide(NewConfig, NewUserRepo),               // plain fx
//		fxservices.Provide(NewPostgres, retrier.New()),   // a runner.Resource
//		fxservices.Provide(NewHTTPServer, NewGRPCServer), // runner.Servers
//		fxservices.Observe(observers.NewZap),
//	).Run()
//
// A Resource starts when something needs it. A Server always runs, together with everything it depends on. Services start
// in the order in which fx constructs them, which is the order of their dependencies, and stop in reverse order. Lifecycle
// hooks of other constructors keep their place among the services and get the same treatment: a time to stop of their own,
// errors instead of panics, and their name in errors.
//
// [Run] does the same as fx.New(opts...).Run(), but returns the cause instead of ending the process. Both keep the promises
// of package runner: if a start fails, or is cancelled by a signal or its deadline, everything that has started is stopped;
// if a server fails, the application stops with exit code 1; a second signal cuts the graceful stop short.
//
// With [Concurrent] a service starts as soon as everything that it depends on has started, along the dependency graph of
// the container, and stops once everything that depends on it has stopped. [Timeline] records and draws when each service
// started and stopped.
//
// # Differences from plain fx
//
// fx.StartTimeout and fx.StopTimeout limit the total time, and would cut services short that are within their own time.
// [Module] sets both to a day, limits the start of the application to 15 s, the default of fx, itself, and gives each
// service and hook its own time to stop. To change the time of the start, pass fx.StartTimeout after Module. If it runs
// out, a third of it, at most 5 s, remains for stopping everything that has started.
//
// The log of fx shows one start hook and two stop hooks, those of Module; Observers see each service and each hook of a
// constructor. The Provided and Run events of fx, and the beginning of its error for a type that is provided twice, show
// fx.Annotate(reflect.makeFuncStub()) instead of your constructor. All errors name your constructor with file and line, as
// always.
package fxservices
