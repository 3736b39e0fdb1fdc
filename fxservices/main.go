package fxservices

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"go.uber.org/fx"
)

// Main is the last line of a main function: it calls [Run], prints the error to standard error if there is one, and ends the
// process with [ExitCode]. It does not return, so deferred functions of its caller do not run.
//
//	func main() {
//		fxservices.Main(
//			fx.Provide(NewConfig),
//			fxservices.Provide(NewPostgres, NewHTTPServer),
//			fxservices.Module(),
//		)
//	}
//
// The error is printed after the name of the program, and whatever the logger of fx and the Observers print: an application without either still says why it
// ended. The stacks of panics, and of calls that did not return, follow it.
func Main(opts ...fx.Option) {
	err := Run(context.Background(), opts...)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %+v\n", filepath.Base(os.Args[0]), tell(err))
	}
	os.Exit(ExitCode(err))
}
