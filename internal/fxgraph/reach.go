package fxgraph

// owned is an item of a node: a call of the node has made it, or the node passes it on.
type owned struct {
	item   int
	alone  bool // no other node can have made it
	passed bool // the node passes it on: the call may be older than the place of the item
}

// need is an item that another one needs.
type need struct {
	item    int
	implied bool // other items that are needed too may start after it
	passed  bool // see owned
}

// reach finds the items that one item after the other depends on: directly, or through nodes without items.
type reach struct {
	index *index
	items [][]owned // of each node
	needs [][]int   // of each node; nil: not known yet

	item   int // the one at hand
	found  []need
	at     []int   // of each item, its place in found
	visits []visit // of each node
}

// visit is the last visit of a node.
type visit struct {
	item    int // for which it was, and one more
	implied bool
}

func newReach(x *index, items [][]owned, count int) *reach {
	return &reach{
		index: x, items: items, needs: make([][]int, len(x.nodes)), at: make([]int, count), visits: make([]visit, len(x.nodes)),
	}
}

// begin takes the next item.
func (r *reach) begin(item int) { r.item, r.found = item, r.found[:0] }

// through visits all nodes that node n needs.
func (r *reach) through(n int, implied bool) {
	if r.needs[n] == nil {
		r.needs[n] = append([]int{}, r.index.needs(n)...)
	}
	for _, need := range r.needs[n] {
		r.visit(need, implied)
	}
}

// visit finds the items of node n. It goes on to what n needs, unless one of the items waits for all of that: an older one
// that no other node can have made. Nodes can need each other where one of them is a decorator.
func (r *reach) visit(n int, implied bool) {
	v := &r.visits[n]
	if v.item == r.item+1 && (implied || !v.implied) {
		return
	}
	*v = visit{r.item + 1, implied}
	waits := false
	for _, o := range r.items[n] {
		r.find(o, implied)
		waits = waits || o.alone && !o.passed && o.item < r.item
	}
	if !waits {
		r.through(n, implied || len(r.items[n]) > 0)
	}
}

func (r *reach) find(o owned, implied bool) {
	at := r.at[o.item]
	if at >= len(r.found) || r.found[at].item != o.item {
		r.at[o.item] = len(r.found)
		r.found = append(r.found, need{o.item, implied, o.passed})
		return
	}
	f := &r.found[at]
	f.implied, f.passed = f.implied && implied, f.passed || o.passed
}
