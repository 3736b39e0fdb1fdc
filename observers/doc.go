// Package observers has what watches a [runner.Runner]: [Zap] and [Slog] write
// a log line for each event, [Funcs] calls functions.
//
//	r := runner.NewRunner(runner.WithObserver(observers.NewZap(logger)))
//
// # Log lines
//
// Messages are constant and lower case, so that they can be searched for:
//
//	service loading    service loaded     service load failed
//	service starting   service started    service start failed
//	service stopping   service stopped    service stop failed
//	server failed      signal received    retrying service
//	service queued
//
// What they are about is in fields, those that apply:
//
//	service   the name, as runner.NameOf writes it
//	kind      resource or server
//	duration  from "loading", "starting" or "stopping" until now
//	error     what went wrong
//	stack     of the panic, or of the goroutines of a call that was abandoned
//	attempt   the number of an attempt, from 1
//	signal    the name of a signal
//	after     the names of the services that it starts after
//	barrier   why everything waits for it
//
// Lines that tell a failure are written at level error, the others at info. The
// first attempt of a service that is retried is no retry yet: it is written at
// debug, and so is "service queued", which is written of services that have a place
// in an order of their own: see runner.After and runner.Barrier. Changes of the state of the Runner are not written.
//
// Nothing is logged that the service did not itself put into its name or its
// error.
package observers
