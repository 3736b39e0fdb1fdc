// Package timeline records when the services of a Runner start and stop, and
// reports where the time goes, as text and as JSON. Package
// [github.com/go-fxservices/services/observers/timeline/draw] draws it.
//
//	tl := timeline.New() // make it first: its time begins here
//	r := runner.NewRunner(runner.WithObserver(tl))
//	err := r.Start(ctx, db, cache, api)
//	_ = tl.Snapshot().WriteText(os.Stderr)
//
// A [Timeline] is an Observer. It returns everything that it has recorded as a
// [Snapshot], at any time: once the program is ready, while it hangs in its start,
// or after it has failed. [Snapshot.Spans] says how long each step of a service took,
// and [Snapshot.CriticalPath] which services make the start as long as it is.
package timeline
