package inside

import "reflect"

// Value is a place where a container keeps a value that a constructor or a decorator has returned.
type Value struct {
	Scope     *Scope // of the constructor or decorator
	Key       Key
	Decorated bool
}

// Each calls do for each value of a container, in no particular order, with a function that returns where it is. A member of
// a value group is a value.
func (c *Container) Each(do func(v reflect.Value, at func() Value)) error {
	return attempt("dig", func() {
		for _, s := range c.Scopes {
			s.values("values", false, do)
			s.values("decoratedValues", true, do)
			s.groups(do)
			s.decoratedGroups(do)
		}
	})
}

func (s *Scope) values(field string, decorated bool, do func(reflect.Value, func() Value)) {
	for entries := fieldOf(s.v, field).MapRange(); entries.Next(); {
		do(entries.Value().Interface().(reflect.Value), func() Value {
			return Value{s, readKey(entries.Key()), decorated}
		})
	}
}

func (s *Scope) groups(do func(reflect.Value, func() Value)) {
	for entries := fieldOf(s.v, "groups").MapRange(); entries.Next(); {
		at := func() Value { return Value{s, readKey(entries.Key()), false} }
		for _, member := range entries.Value().Interface().([]reflect.Value) {
			do(member, at)
		}
	}
}

// decoratedGroups differs from groups in that dig keeps each group as one slice, under the type of the slice.
func (s *Scope) decoratedGroups(do func(reflect.Value, func() Value)) {
	for entries := fieldOf(s.v, "decoratedGroups").MapRange(); entries.Next(); {
		at := func() Value {
			key := readKey(entries.Key())
			key.Type = key.Type.Elem()
			return Value{s, key, true}
		}
		members := entries.Value().Interface().(reflect.Value)
		for i := range members.Len() {
			do(members.Index(i), at)
		}
	}
}
