// Package inside reads what dig and fx know about a container and do not export: its scopes, which of them each constructor
// belongs to and whether it has been called, the decorators, and the values by their keys. The graph that dig draws has none
// of these, and without them nobody can tell which constructor a value comes from.
//
// The package finds unexported fields by their names and types. It only reads, but for how an fx application hears of its end.
// With a version of dig or fx that has other fields it returns an error and no half of a container, so that its caller can do
// without.
package inside
