// Package fxservices lets Uber fx decide the wiring of an application and a
// [runner.Runner] its life.
//
//	fx.New(
//		fxservices.Module(fxservices.DrainDelay(5*time.Second)),
//		fx.Provide(NewConfig, NewUserRepo),               // plain fx
//		fxservices.Provide(NewPostgres, retrier.New()),   // a runner.Resource
//		fxservices.Provide(NewHTTPServer, NewGRPCServer), // runner.Servers
//		fxservices.Observe(observers.NewZap),
//	).Run()
//
// A Resource is started when something needs it; a Server always runs, and what
// it needs with it. They start in the order in which fx constructs them, which is
// that of their dependencies, and stop in the opposite order. Lifecycle hooks of
// other constructors keep their place in between, and gain what services have: a
// stop budget of their own, panics that are errors, a name in errors.
//
// [Run] does what fx.New(opts...).Run() does, and returns the cause instead of
// ending the process. Both keep the promises of package runner: a start that is
// cancelled by a signal or its deadline, or that fails, stops what had started; a
// server that fails stops the application with exit code 1; a second signal cuts
// the graceful stop short.
//
// With [Concurrent] each starts as soon as what it depends on has, along the
// dependency graph of the container, and stops likewise. [Timeline] records where the
// time goes, and draws it.
//
// # What differs from plain fx
//
// fx.StartTimeout and fx.StopTimeout limit totals, and would cut what is within
// its own budget. [Module] sets both to a day, gives the start of the application
// fx's default of 15 s itself, and gives each service and hook its own time to
// stop. To change the time of the start, give fx.StartTimeout after Module: a third
// of it, at most 5 s, is kept for stopping what had started if it runs out.
//
// fx logs one start hook and two stop hooks, those of Module; Observers see each
// service and each hook of a constructor. fx's Provided and Run events, and the
// beginning of its error for a type that is provided twice, show
// fx.Annotate(reflect.makeFuncStub()) where they would show your constructor;
// the errors name your constructor, file and line as always.
package fxservices
