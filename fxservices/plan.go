package fxservices

import (
	"fmt"

	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// plan says what each service and hook of an application starts after, and what is
// a barrier since that is not known.
//
// Constructors that have services are the nodes; what a node needs is found through
// constructors that have none. Where a constructor may be one of several, all are
// taken: that can make a service wait longer, but never start early.
type plan struct {
	items      []wiring.Item
	graph      *graph
	decorators *decorators
	at         [][]int // the items of each constructor
	reach      []*reach
	needs      [][]int  // of each item
	barriers   []string // why each item is one; empty: it is none
}

func (a *app) plan() *plan {
	p := &plan{items: a.sequence.Items(), decorators: &a.decorators}
	p.needs, p.barriers = make([][]int, len(p.items)), make([]string, len(p.items))
	g, err := newGraph(a.graph)
	switch {
	case !a.decorators.visible:
		p.giveUp("decorators cannot be seen without fx.WithLogger")
	case err != nil:
		p.giveUp(err.Error())
	default:
		p.graph = g
		p.connect()
	}
	return p
}

// giveUp leaves everything in the order of construction.
func (p *plan) giveUp(why string) {
	for i := range p.barriers {
		p.barriers[i] = why
	}
}

func (p *plan) bar(i int, why string) {
	if p.barriers[i] == "" {
		p.barriers[i] = why
	}
}

// connect finds what each item starts after.
func (p *plan) connect() {
	p.at = make([][]int, len(p.graph.constructors))
	p.reach = make([]*reach, len(p.graph.constructors))
	constructors := make([][]int, len(p.items))
	for i, item := range p.items {
		found, unknown := p.locate(item)
		if unknown != "" {
			p.bar(i, unknown)
		}
		constructors[i] = found
		for _, c := range found {
			p.at[c] = append(p.at[c], i)
		}
	}
	for _, items := range p.at {
		p.keepOrder(items)
	}
	for i := range p.items {
		for _, c := range constructors[i] {
			p.follow(i, p.reached(c))
		}
		p.needs[i] = sorted(p.needs[i])
	}
}

func (p *plan) locate(item wiring.Item) (found []int, unknown string) {
	if o, ok := item.Origin.(origin); ok {
		return o.constructors(p.graph)
	}
	return nil, "where it comes from is not known"
}

// keepOrder lets what one constructor has made and appended start one after the
// other, but not what another that is like it has made.
func (p *plan) keepOrder(items []int) {
	hook := -1
	newest := map[*constructed]int{}
	for _, i := range items {
		if hook >= 0 {
			p.needs[i] = append(p.needs[i], hook)
		}
		switch from := p.items[i].Origin.(type) {
		case appended:
			hook = i
		case *constructed:
			if last, ok := newest[from]; ok {
				p.needs[i] = append(p.needs[i], last)
			}
			newest[from] = i
		}
	}
}

// follow lets item i start after what its constructor has reached.
func (p *plan) follow(i int, r *reach) {
	if r.circular {
		p.bar(i, "what it needs cannot be told from what needs it")
	}
	if r.missing != "" {
		p.bar(i, fmt.Sprintf("it needs %s, which is not in the dependency graph", r.missing))
	}
	for _, need := range r.items {
		p.add(i, need)
	}
	for _, need := range r.maybe {
		if need < i || !p.placedAtConstruction(need) { // else it was another
			p.add(i, need)
		}
	}
	for _, key := range r.decorated {
		p.followDecorated(i, key)
	}
}

func (p *plan) add(i, need int) {
	switch {
	case need == i: // as one of several that are alike
	case need > i:
		p.bar(i, fmt.Sprintf("it seems to need %q, which took its place later", p.name(need)))
		p.bar(need, fmt.Sprintf("%q, which took its place before, seems to need it", p.name(i)))
	default:
		p.needs[i] = append(p.needs[i], need)
	}
}

// placedAtConstruction reports whether what was constructed before item i has a
// place before it.
func (p *plan) placedAtConstruction(i int) bool {
	_, later := p.items[i].Origin.(registered)
	return !later
}

// followDecorated sees to it that item i, which needs what is decorated, starts
// after all that the decorator may have needed.
func (p *plan) followDecorated(i int, key string) {
	n, known := p.decorators.before(key, i)
	switch {
	case !known:
		p.bar(i, fmt.Sprintf("%s is decorated, and the logger of fx was constructed after it", key))
	case n > 0:
		p.bar(n-1, fmt.Sprintf("%s, which %q needs, was decorated after it", key, p.name(i)))
	}
	for r := n; r < i; r++ {
		if !p.placedAtConstruction(r) {
			p.bar(r, fmt.Sprintf("it was registered before %q, which needs %s, which is decorated", p.name(i), key))
		}
	}
}

func (p *plan) name(i int) string { return runner.NameOf(p.items[i].Service) }

// services returns the items with settings that say what they start after.
func (p *plan) services() []runner.Service {
	services := make([]runner.Service, len(p.items))
	for i, item := range p.items {
		services[i] = runner.With(item.Service, p.settings(i)...)
	}
	return services
}

func (p *plan) settings(i int) (settings []runner.Setting) {
	if needs := p.needs[i]; len(needs) > 0 {
		after := make([]runner.Service, len(needs))
		for j, need := range needs {
			after[j] = p.items[need].Service
		}
		settings = append(settings, runner.After(after...))
	}
	if why := p.barriers[i]; why != "" {
		settings = append(settings, runner.Barrier(why))
	}
	return settings
}
