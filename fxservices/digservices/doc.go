// Package digservices is package fxservices for programs that use a dig container without fx: the container decides the
// wiring, and a [runner.Runner] starts, supervises and stops the services that it constructs.
//
//	container := dig.New()
//	app := digservices.New(container, runner.NewRunner())
//	err := errors.Join(
//		container.Provide(NewConfig), // plain dig
//		app.Provide(digservices.With(NewPostgres, retrier.New())),
//		app.Provide(NewHTTPServer, dig.Name("api")),
//	)
//	if err == nil {
//		err = app.Run(ctx)
//	}
//
// A Resource starts when something needs it. A Server or a Job always runs, together with everything it depends on.
package digservices
