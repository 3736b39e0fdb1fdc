// Package fxservices runs the services of an Uber fx application: fx decides the wiring, and a [runner.Runner] starts,
// supervises and stops the services.
//
//	fxservices.Main(
//		fx.Provide(NewConfig, NewUserRepo),               // plain fx
//		fxservices.Provide(NewPostgres, retrier.New()),   // a runner.Resource
//		fxservices.Provide(NewHTTPServer, NewGRPCServer), // runner.Servers
//		fxservices.Observe(observers.NewZap),
//		fxservices.Module(fxservices.DrainDelay(5*time.Second)),
//	)
//
// A Resource starts when something needs it. A Server or a Job always runs, together with everything it depends on. An
// application that has Jobs and no Server ends by itself when they are done, with exit code 0. Services start in the order
// in which fx constructs them, which is the order of their dependencies, and stop in reverse order. Lifecycle hooks of other
// constructors keep their place among the services and get the same treatment: a time to stop of their own, errors instead
// of panics, and their name in errors.
//
// [Run] does the same as fx.New(opts...).Run(), but returns the cause instead of ending the process, and [Main] is the last line
// of a main function. All keep the promises of package runner: if a start fails, or is cancelled by a signal or its deadline,
// everything that has started is stopped; if a server or a job fails, the application stops with exit code 1; a second signal
// cuts the graceful stop short.
//
// With [Concurrent] a service starts as soon as everything that it depends on has started, along the dependency graph of
// the container, and stops once everything that depends on it has stopped. [Timeline] records and draws when each service
// started and stopped.
//
// [Manage] says how a value that is no service, such as a *sql.DB, is started and stopped; [Configure] takes the options of Module
// from the container; [Supply] and [Register] take services that exist, or that plain fx.Provide constructs.
//
// # How an application ends
//
// Whoever asks first decides: a signal, a failure, a call of fx.Shutdowner, the end of the context of Run, or App.Stop. The exit
// code that the first caller of fx.Shutdowner gives counts, whatever fails later; a failure that comes after it is joined to the
// error. (Plain fx exits with 1 for every error of a stop.) A later call of Shutdown does nothing and returns nil. App.Stop ends
// a start that is under way, stops what has started, and then returns. After a stop the application can start again, and nothing
// is left of the run before.
//
// Run and Main end on the signals of the Runner's options, while they build the application too: WithRunner(runner.WithSignals())
// means none. Under fx.New(...).Run() fx itself listens for SIGINT and SIGTERM as well. Its Done, Wait and log hear of each signal
// once, as the signal it was.
//
// # Differences from plain fx
//
// fx.StartTimeout and fx.StopTimeout limit the total time, and would cut services short that are within their own time.
// [Module] sets both to more than a day, limits the start of the application to 15 s, the default of fx, itself, and gives each
// service and hook its own time to stop. To change the time of the start, pass fx.StartTimeout after Module. Of it a third, at
// most 5 s, is for stopping everything that has started. Where fx.StopTimeout after Module, or the deadline given to App.Stop, is
// longer than 15 s, each service and hook may take that long to stop, unless it or Module has a stop timeout.
//
// With [Run] and [Main] the two timeouts count wherever they stand, and Servers and Jobs are constructed after all functions of
// fx.Invoke. With fx.New they are constructed where Module stands: give it last.
//
// The log of fx shows the hooks of constructors with their functions and callers, as always, and in addition one start hook and
// two stop hooks of Module; Observers see services, too. The Provided and Run events of fx, and the beginning of its error for a
// type that is provided twice, show fx.Annotate(reflect.makeFuncStub()) instead of your constructor. All errors name your
// constructor with file and line, as always.
package fxservices
