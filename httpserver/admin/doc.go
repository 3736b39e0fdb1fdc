// Package admin serves the endpoints of operations on an address of their own: probes, profiles, metrics, and whatever else
// shows how a program is doing.
//
//	ops := admin.New(admin.Addr(":8081"), admin.Probes())
//	r := runner.NewRunner(runner.WithObserver(ops.Probes()))
//	err := r.Run(ctx, ops, db, api)
//
// The [Server] is a Resource of package runner, named "admin". Give it to the first Run, and first: it is up before everything
// else, and is stopped last, so probes are answered while a database is being retried, and through the whole drain and stop.
// It needs nothing of the program to start.
//
// It answers GET and HEAD only: nothing on it changes anything. By default only this machine can reach it. There it refuses
// requests whose Host is a name of somebody else, so that no web page can read it through the browser of a developer. What
// reveals something is off until asked for: [Pprof], and the texts of errors in probes ([probes.ShowErrors]).
package admin
