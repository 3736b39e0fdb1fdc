package fxgraph

import (
	"fmt"
	"slices"
)

// Application is an application on a container, all of whose items have been constructed.
type Application struct {
	Origins  []Origin         // of each item, in the order of construction
	Name     func(int) string // of an item; called only for reasons that mention it
	Instance func(int) any    // an item as its value in the container; not called for items that are in none
	Calls    *Calls           // which the Origins are of
}

// Place says when an item may start.
type Place struct {
	After   []int  // the indexes of items that start before it, ascending, all lower than its own
	Barrier string // why it is a barrier; empty if it is none
}

// Order returns the place of each item.
func (a Application) Order() []Place {
	o := &order{application: a, places: make([]Place, len(a.Origins))}
	if err := o.find(); err != nil {
		for i := range o.places {
			o.places[i] = Place{Barrier: err.Error()} // the order of construction
		}
	}
	return o.places
}

// order is the places of the items of an application while they are being found.
type order struct {
	application Application
	places      []Place
	madeBy      [][]int // of each item, the nodes of which one has made it
	passedBy    [][]int // of each item, the nodes of which some provide it, too
}

// find finds all places. An error means that they cannot be known.
func (o *order) find() error {
	container, err := o.application.Calls.readAll()
	if err != nil {
		return err
	}
	x, err := newIndex(o.application.Calls, container)
	if err != nil {
		return err
	}
	o.madeBy = make([][]int, len(o.places))
	for i, origin := range o.application.Origins {
		var unknown string
		o.madeBy[i], unknown = x.find(origin)
		o.bar(i, unknown)
	}
	instances := newInstances(o.application.Origins, o.application.Instance)
	if o.passedBy, err = passing(x, container, o.madeBy, instances); err != nil {
		return err
	}
	for i, origin := range o.application.Origins {
		if isRegistered(origin) && len(o.passedBy[i]) == 0 {
			o.bar(i, notInContainer)
		}
	}
	o.connect(x)
	return nil
}

// connect lets each item start after the items that its nodes reach.
func (o *order) connect(x *index) {
	items := o.items(len(x.nodes))
	for _, owned := range items {
		o.chain(owned)
	}
	r := newReach(x, items, len(o.places))
	for i, origin := range o.application.Origins {
		r.begin(i)
		for _, n := range o.madeBy[i] {
			r.through(n, false)
		}
		if isRegistered(origin) {
			for _, n := range o.passedBy[i] {
				r.visit(n, false)
			}
		}
		o.follow(i, r.found)
	}
}

// items returns the items of each node, in their order.
func (o *order) items(nodes int) [][]owned {
	items := make([][]owned, nodes)
	for i := range o.places {
		for _, n := range o.madeBy[i] {
			items[n] = append(items[n], owned{item: i, alone: len(o.madeBy[i]) == 1})
		}
		for _, n := range o.passedBy[i] {
			items[n] = append(items[n], owned{item: i, passed: true})
		}
	}
	return items
}

func isRegistered(origin Origin) bool {
	_, registered := origin.(Registered)
	return registered
}

// chain lets the items of one node start one after the other: each after the last hook, and the results of one call in
// their order. The results of different calls stay independent.
func (o *order) chain(items []owned) {
	hook := -1
	newest := map[*Constructed]int{}
	for _, owned := range items {
		if owned.passed {
			continue
		}
		i := owned.item
		if hook >= 0 {
			o.add(i, hook)
		}
		switch origin := o.application.Origins[i].(type) {
		case Appended:
			hook = i
		case *Constructed:
			if last, ok := newest[origin]; ok {
				o.add(i, last)
			}
			newest[origin] = i
		}
	}
}

// follow lets item i start after the items that it needs.
func (o *order) follow(i int, needs []need) {
	var implied []int
	for _, n := range needs {
		switch {
		case n.item == i: // its own node, by way of a decorator
		case n.item < i && n.implied:
			implied = append(implied, n.item)
		case n.item < i:
			o.add(i, n.item)
		case n.passed: // else the node was not called before, so that the value comes from another one
			o.bar(i, fmt.Sprintf("it seems to need %q, which took its place later", o.name(n.item)))
			o.bar(n.item, fmt.Sprintf("%q, which took its place before, seems to need it", o.name(i)))
		}
	}
	slices.Sort(implied)
	for _, need := range slices.Backward(implied) {
		if !o.waits(o.places[i].After, need) {
			o.add(i, need)
		}
	}
	slices.Sort(o.places[i].After)
	o.places[i].After = slices.Compact(o.places[i].After)
}

// waits reports whether one of items is need, or starts after it.
func (o *order) waits(items []int, need int) bool {
	seen := map[int]bool{}
	var visit func([]int) bool
	visit = func(items []int) bool {
		return slices.ContainsFunc(items, func(i int) bool {
			if i <= need || seen[i] {
				return i == need
			}
			seen[i] = true
			return visit(o.places[i].After)
		})
	}
	return visit(items)
}

func (o *order) add(i, need int) { o.places[i].After = append(o.places[i].After, need) }

// bar makes a barrier of item i, if there is a reason. The first one counts.
func (o *order) bar(i int, reason string) {
	if o.places[i].Barrier == "" {
		o.places[i].Barrier = reason
	}
}

func (o *order) name(i int) string { return o.application.Name(i) }
