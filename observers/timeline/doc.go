// Package timeline records when the services of a Runner start and stop, and
// shows where the time goes: as text, JSON, a trace, and pictures.
//
//	tl := timeline.New() // first: its time begins here
//	r := runner.NewRunner(runner.WithObserver(tl))
//	err := r.Start(ctx, db, cache, api)
//	_ = tl.Snapshot().WriteText(os.Stderr)
//
// A [Timeline] is the Observer. What it had recorded at one moment is a
// [Snapshot], which can be taken at any time: once the program is ready, while it
// hangs in its start, after it has failed. [Snapshot.CriticalPath] names the
// services that have to be faster for the start to be.
package timeline
