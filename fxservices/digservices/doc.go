// Package digservices is package fxservices for programs that use a dig container
// without fx: the container decides the wiring, a [runner.Runner] runs what it
// constructs.
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
// A Resource is started when something needs it; a Server always runs, and what
// it needs with it.
package digservices
