// Package fxgraph works out the order in which the services and hooks of an fx application may start: for each of them
// what it starts after, or why nobody can tell.
//
// Fx constructs services and runs constructors that append hooks one after the other. In the order in which they are
// constructed they are the items of an [Application], which knows three things about them:
//
//   - the [Origin] of each item: the constructor that made it, as far as the adapter can tell;
//   - the graph, the text of fx.DotGraph: which constructor needs which values, and which ones it provides;
//   - a [Log] of the decorators that ran, because the graph leaves them out.
//
// [Application.Order] finds the constructor of each item in the graph and follows its needs: to the items of the
// constructors that provide them, and through constructors that have no items to the needs of these. An item starts after
// all items that it reaches so.
//
// No item starts too early. Where a value may come from one of several constructors, the item starts after all of them.
// Where a part of the way is unknown, the item is a barrier: it starts after all items before it, and all items after it
// start after it. In the worst case every item is a barrier, and they start in the order of construction.
package fxgraph
