package fxgraph

import "fmt"

// Application is an fx application all of whose items have been constructed.
type Application struct {
	Origins []Origin         // of each item, in the order of construction
	Name    func(int) string // of an item; called only for reasons that mention it
	Graph   string           // the text of fx.DotGraph
	Marker  string           // the key of a type that all constructors wrapped by the adapter take, and no others
	Log     *Log             // nil: the application has no fx.WithLogger
}

// Place says when an item may start.
type Place struct {
	After   []int  // the indexes of items that start before it, ascending, all lower than its own
	Barrier string // why it is a barrier; empty if it is none
}

// Order returns the place of each item.
func (a Application) Order() []Place {
	o := &order{application: a, places: make([]Place, len(a.Origins))}
	x, err := newIndex(a.Graph, a.Marker)
	switch {
	case !a.Log.isComplete():
		o.barAll("decorators cannot be seen without fx.WithLogger")
	case err != nil:
		o.barAll(err.Error())
	default:
		o.connect(x)
	}
	return o.places
}

// order is the places of the items of an application while they are being found.
type order struct {
	application Application
	places      []Place
}

// barAll leaves all items in the order of construction.
func (o *order) barAll(reason string) {
	for i := range o.places {
		o.bar(i, reason)
	}
}

// bar makes a barrier of item i. The first reason counts.
func (o *order) bar(i int, reason string) {
	if o.places[i].Barrier == "" {
		o.places[i].Barrier = reason
	}
}

// connect lets each item start after the items that its constructors reach.
func (o *order) connect(x *index) {
	itemsOf := make([][]int, len(x.constructors))
	constructorsOf := make([][]int, len(o.places))
	for i, origin := range o.application.Origins {
		constructors, unknown := x.find(origin)
		if unknown != "" {
			o.bar(i, unknown)
		}
		constructorsOf[i] = constructors
		for _, c := range constructors {
			itemsOf[c] = append(itemsOf[c], i)
		}
	}
	for _, items := range itemsOf {
		o.chain(items)
	}
	reaches := newReaches(x, o.application.Log, itemsOf)
	for i, constructors := range constructorsOf {
		for _, c := range constructors {
			o.follow(i, reaches.of(c))
		}
		o.places[i].After = ascending(o.places[i].After)
	}
}

// chain lets the items of one constructor start one after the other: each after the last hook, and the results of one
// call in their order. The results of different calls stay independent: they come from constructors with one signature.
func (o *order) chain(items []int) {
	hook := -1
	newest := map[*Constructed]int{}
	for _, i := range items {
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

// follow lets item i start after everything in the reach of its constructor.
func (o *order) follow(i int, r *reach) {
	if r.circular {
		o.bar(i, "it depends on a cycle in the dependency graph")
	}
	if r.missing != "" {
		o.bar(i, fmt.Sprintf("it needs %s, which is not in the dependency graph", r.missing))
	}
	for _, need := range r.items {
		o.need(i, need)
	}
	for _, need := range r.possible {
		if need < i || !o.isPlacedAtConstruction(need) { // otherwise another constructor made the value
			o.need(i, need)
		}
	}
	for _, key := range r.decorated {
		o.followDecorated(i, key)
	}
}

// need lets item i start after item need, if that comes before it.
func (o *order) need(i, need int) {
	switch {
	case need == i: // its own constructor looks like one that it needs
	case need > i:
		o.bar(i, fmt.Sprintf("it seems to need %q, which took its place later", o.name(need)))
		o.bar(need, fmt.Sprintf("%q, which took its place before, seems to need it", o.name(i)))
	default:
		o.add(i, need)
	}
}

func (o *order) add(i, need int) { o.places[i].After = append(o.places[i].After, need) }

// isPlacedAtConstruction reports whether everything that was constructed before item i has a place before it.
func (o *order) isPlacedAtConstruction(i int) bool {
	_, later := o.application.Origins[i].(Registered)
	return !later
}

// followDecorated lets item i, which needs the decorated value of key, start after everything that the decorator may have
// needed: all items that were constructed when it ran, and any registered item, for it may have been constructed by then.
func (o *order) followDecorated(i int, key string) {
	n, known := o.application.Log.before(key, i)
	switch {
	case !known:
		o.bar(i, fmt.Sprintf("%s is decorated, and the logger of fx was constructed after it", key))
	case n > 0:
		o.bar(n-1, fmt.Sprintf("%s, which %q needs, was decorated after it", key, o.name(i)))
	}
	for r := n; r < i; r++ {
		if !o.isPlacedAtConstruction(r) {
			o.bar(r, fmt.Sprintf("it was registered before %q, which needs %s, which is decorated", o.name(i), key))
		}
	}
}

func (o *order) name(i int) string { return o.application.Name(i) }
