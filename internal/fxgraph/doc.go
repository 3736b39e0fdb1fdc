// Package fxgraph works out the order in which the services and hooks of an application on dig or fx may start. For each of
// them it returns the others that have to start first, or the reason why that is unknown.
//
// A container calls constructors one after the other. The services that they return and the hooks that they append, in this
// order, are the items of an [Application]. While they are constructed, [Calls] follows which constructor is being called,
// and gives each item an [Origin].
//
// Once all are constructed, [Application.Order] reads the container with package inside. Its constructors and decorators are
// nodes: one needs another if it has got a parameter from it. The Origins say which node has made an item, and the values in
// the container which other nodes pass it on. An item starts after the items that its node reaches: those of the nodes that
// it needs and, through nodes without items, those of the nodes that these need in turn.
//
// No item starts too early. Where one of several nodes may have made an item, it starts after all that any of them needs, and
// who needs one of them starts after it. Where nothing is known, the item is a barrier: it starts after all items before it,
// and all items after it start after it. In the worst case every item is a barrier, and they start in the order of
// construction.
package fxgraph
