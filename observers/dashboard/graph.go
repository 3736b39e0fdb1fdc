package dashboard

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/go-fxservices/services/internal/printable"
	"github.com/go-fxservices/services/observers/timeline"
)

// Sizes of the graph, in pixels.
const (
	nodeWidth  = 190
	nodeHeight = 30
	gapWidth   = 20
	gapHeight  = 34
	margin     = 8
	nameLength = 26 // characters that fit into a node
	mostInLine = 6  // nodes: more in a row make another line
)

// graph shows what starts after what: a row for all services that nothing else is between, the first at the top.
type graph struct {
	Width, Height int
	Nodes         []node
	Edges         []string // paths
}

type node struct {
	Row          string // the id in the table
	Name, Short  string
	State, Class string
	X, Y         int // the upper left corner
	TextX, TextY int // the middle
}

func newGraph(s *timeline.Snapshot) graph {
	depths := depthsOf(s)
	critical := s.CriticalPath()
	g := graph{Nodes: make([]node, len(s.Services))}
	tops := topsOf(depths)
	filled := map[int]int{}
	for i := range s.Services {
		place := filled[depths[i]]
		filled[depths[i]]++
		x := margin + place%mostInLine*(nodeWidth+gapWidth)
		y := tops[depths[i]] + place/mostInLine*(nodeHeight+gapWidth)
		name := printable.Line(s.Services[i].Name)
		n := node{
			Row: "s" + strconv.Itoa(i), Name: name, Short: short(name), State: stepOf(&s.Services[i]).State, Class: "node",
			X: x, Y: y, TextX: x + nodeWidth/2, TextY: y + nodeHeight/2,
		}
		if failure(&s.Services[i]) != "" {
			n.Class += " bad"
		}
		if slices.Contains(critical, i) {
			n.Class += " critical"
		}
		g.Nodes[i] = n
		g.Width = max(g.Width, x+nodeWidth+margin)
		g.Height = max(g.Height, y+nodeHeight+margin)
	}
	for i := range s.Services {
		for _, need := range needs(s, i) {
			g.Edges = append(g.Edges, edge(g.Nodes[need], g.Nodes[i]))
		}
	}
	return g
}

// topsOf returns where the row of each depth begins.
func topsOf(depths []int) []int {
	var counts []int
	for _, depth := range depths {
		for len(counts) <= depth {
			counts = append(counts, 0)
		}
		counts[depth]++
	}
	tops, y := make([]int, len(counts)), margin
	for depth, count := range counts {
		tops[depth] = y
		lines := max((count+mostInLine-1)/mostInLine, 1)
		y += lines*(nodeHeight+gapWidth) - gapWidth + gapHeight
	}
	return tops
}

// needs returns the services that service i starts after, and that exist.
func needs(s *timeline.Snapshot, i int) []int {
	return slices.DeleteFunc(slices.Clone(s.Services[i].After), func(need int) bool {
		return need < 0 || need >= len(s.Services) || need == i
	})
}

// depthsOf returns how many services are at least between each and the top. A Snapshot that was made by hand can have a cycle:
// there the way ends.
func depthsOf(s *timeline.Snapshot) []int {
	const unknown, underway = -1, -2
	depths := slices.Repeat([]int{unknown}, len(s.Services))
	for first := range depths {
		for way := []int{first}; len(way) > 0; {
			i := way[len(way)-1]
			if depths[i] >= 0 {
				way = way[:len(way)-1]
				continue
			}
			depths[i] = underway
			depth, waits := 0, false
			for _, need := range needs(s, i) {
				switch depths[need] {
				case unknown:
					way, waits = append(way, need), true
				case underway:
				default:
					depth = max(depth, depths[need]+1)
				}
			}
			if !waits {
				depths[i] = depth
			}
		}
	}
	return depths
}

// edge returns the path from the lower side of one node to the upper side of another.
func edge(from, to node) string {
	x1, y1, x2, y2 := from.TextX, from.Y+nodeHeight, to.TextX, to.Y
	middle := (y1 + y2) / 2
	return fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, x1, middle, x2, middle, x2, y2)
}

// short returns a name that fits into a node. The ends of names say more than the middle.
func short(name string) string {
	runes := []rune(name)
	if len(runes) <= nameLength {
		return name
	}
	half := (nameLength - 1) / 2
	return string(runes[:half]) + "…" + string(runes[len(runes)-half:])
}
