// Package runner starts, watches and stops the parts of a program.
//
// A part is a [Service]: a [Resource] that is started and stopped (a database,
// a broker), or a [Server] that listens until it is closed (HTTP, gRPC, a
// consumer). A [Runner] starts resources one at a time in the given order, lets
// servers listen in parallel, ends on a signal, on the end of a context or on
// the failure of a server, and stops everything in the opposite order.
//
//	r := runner.NewRunner()
//	defer r.Finish(ctx)
//	if err := r.Run(ctx, postgres, kafka); err != nil { // returns once they are started
//		return err
//	}
//	return r.Run(ctx, api, metrics) // blocks until the program has to end
//
// Whatever a service does, the Runner keeps its word: a panic is an error, a
// call that does not return within its budget is abandoned and named, and
// nothing that was started is left out of the stop.
//
// With [WithConcurrency], services that nothing connects start and stop at the same
// time; [After] and [Barrier] say what connects them.
//
// The package needs the standard library only.
package runner
