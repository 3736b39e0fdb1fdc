package checks

import (
	"maps"
	"slices"
)

// components returns the strongly connected components of a graph, each sorted, by
// the algorithm of Tarjan.
func components(graph map[string][]string) [][]string {
	s := search{graph: graph, index: map[string]int{}, low: map[string]int{}}
	for _, node := range slices.Sorted(maps.Keys(graph)) {
		if s.index[node] == 0 {
			s.visit(node)
		}
	}
	return s.found
}

type search struct {
	graph map[string][]string
	index map[string]int // when a node was first visited, from 1
	low   map[string]int // the lowest index that it reaches on the stack
	stack []string       // of visited nodes whose component is not complete
	found [][]string
}

func (s *search) visit(node string) {
	s.index[node] = len(s.index) + 1
	s.low[node] = s.index[node]
	s.stack = append(s.stack, node)
	for _, next := range s.graph[node] {
		if s.index[next] == 0 {
			s.visit(next)
			s.low[node] = min(s.low[node], s.low[next])
		} else if slices.Contains(s.stack, next) {
			s.low[node] = min(s.low[node], s.index[next])
		}
	}
	if s.low[node] == s.index[node] {
		s.complete(node)
	}
}

// complete takes the component off the stack that begins with its first node.
func (s *search) complete(first string) {
	begin := slices.Index(s.stack, first)
	component := slices.Clone(s.stack[begin:])
	s.stack = s.stack[:begin]
	slices.Sort(component)
	s.found = append(s.found, component)
}
