// Package draw draws a [timeline.Snapshot] of a Runner:
//
//	tl := timeline.New()
//	r := runner.NewRunner(runner.WithObserver(tl))
//	err := r.Start(ctx, db, cache, api)
//	_ = draw.WriteFile("start.svg", tl.Snapshot())
//
// [SVG], [MermaidGantt] and [Trace] show when services started and stopped. [DOT] and
// [MermaidGraph] show which services start after which. Each function collects its
// whole output before it makes one call of Write, and returns the error of that call.
//
// Drawings tell services of different names apart without anybody hovering over
// them. Where some names are long and all share a prefix, the drawing shows the prefix
// once, and "…" in its place. Names that would still be longer than eight lines
// lose their middle. If two then read the same, the second ends in "(2)".
package draw
