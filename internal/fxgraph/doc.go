// Package fxgraph works out the order in which the services and hooks of an fx application may start. For each of them it
// returns the others that have to start first, or the reason why that is unknown.
//
// Fx calls constructors one after the other. The services that they return and the hooks that they append, in this order,
// are the items of an [Application]. It describes them by three things:
//
//   - the [Origin] of each item: the constructor that made it, as far as the adapter can tell;
//   - the graph, the text of fx.DotGraph: which constructor needs which values, and which ones it provides;
//   - a [Log] of the decorators that ran, because the graph leaves them out.
//
// [Application.Order] finds the constructor of each item in the graph and follows the values that it needs: to the items of
// the constructors that provide them, and through constructors without items to the values that these need in turn. An
// item starts after all items that it reaches in this way.
//
// No item starts too early. Where a value may come from one of several constructors, the item starts after all of them.
// Where a part of the way is unknown, the item is a barrier: it starts after all items before it, and all items after it
// start after it. In the worst case every item is a barrier, and they start in the order of construction.
package fxgraph
