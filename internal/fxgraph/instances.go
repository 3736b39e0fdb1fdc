package fxgraph

import (
	"reflect"
	"slices"

	"github.com/go-fxservices/services/internal/identity"
	"github.com/go-fxservices/services/internal/inside"
)

// passing returns, for each item, the nodes that may provide it and have not made it, by the places where the container has
// the item. A constructor can return what it was given, under another type, and an adapter can manage what a constructor has
// made of which it knows nothing.
func passing(x *index, container *inside.Container, madeBy [][]int, instances *instances) ([][]int, error) {
	passedBy := make([][]int, len(madeBy))
	add := func(f found) {
		nodes := x.provide(f.at)
		if slices.ContainsFunc(f.items, func(i int) bool { return meet(madeBy[i], nodes) }) {
			return // it is there because it was made there
		}
		for _, i := range f.items {
			if f.at.Key.Group == "" || !meet(passedBy[i], nodes) {
				passedBy[i] = append(passedBy[i], nodes...)
			}
		}
	}
	var grouped []found
	err := container.Each(func(v reflect.Value, place func() inside.Value) {
		items := instances.find(v)
		if len(items) == 0 {
			return
		}
		if f := (found{items, place()}); f.at.Key.Group == "" {
			add(f)
		} else {
			grouped = append(grouped, f)
		}
	})
	// Any member of a group may have provided the item, but who needs one member by the group needs all. So one is enough,
	// and it may be known by another key.
	for _, f := range grouped {
		add(f)
	}
	for i, nodes := range passedBy {
		slices.Sort(nodes)
		passedBy[i] = slices.Compact(nodes)
	}
	return passedBy, err
}

// found is a place in the container that may have one of some items.
type found struct {
	items []int
	at    inside.Value
}

// meet reports whether a and b have something in common.
func meet(a, b []int) bool {
	return slices.ContainsFunc(a, func(n int) bool { return slices.Contains(b, n) })
}

// instances finds items by their value in the container.
type instances struct {
	known map[any]int            // items that only one value can be
	alike map[reflect.Type][]int // the others
	value func(int) any
}

func newInstances(origins []Origin, value func(int) any) *instances {
	s := &instances{make(map[any]int, len(origins)), map[reflect.Type][]int{}, value}
	for i, origin := range origins {
		switch origin.(type) {
		case Appended, Independent, nil:
			continue
		}
		v := value(i)
		if key := identity.Of(v); key != nil {
			s.known[key] = i
		} else if t := reflect.TypeOf(v); t != nil {
			s.alike[t] = append(s.alike[t], i)
		}
	}
	return s
}

// find returns the items that v may be. It may be any of those that are equal.
func (s *instances) find(v reflect.Value) (items []int) {
	for v.IsValid() && v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if !v.IsValid() {
		return nil
	}
	if v.Kind() == reflect.Pointer {
		if i, ok := s.known[v.Interface()]; ok {
			return []int{i}
		}
	}
	for _, i := range s.alike[v.Type()] {
		if identity.MayBe(v, reflect.ValueOf(s.value(i))) {
			items = append(items, i)
		}
	}
	return items
}
