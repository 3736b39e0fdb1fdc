package checks

import (
	"fmt"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Cycle is a group of files of one package, each of which uses every other one, by
// way of others or directly.
type Cycle struct {
	Package string // its import path
	Files   []string
	Uses    []string // "a.go uses b.go: Name, Other", for each pair of Files
}

func (c Cycle) String() string {
	return fmt.Sprintf("%s: a cycle of %d files: %s\n\t%s",
		c.Package, len(c.Files), strings.Join(c.Files, " "), strings.Join(c.Uses, "\n\t"))
}

// FileCycles returns the cycles among the files of each package that go list was
// asked for; the packages come from go list -deps -export -json. A file uses another
// when it names a declaration of it: a function, type, variable or constant of the
// package, a method, or a field. Test files don't count, nor do the files of other
// systems.
func FileCycles(packages []Package) ([]Cycle, error) {
	var cycles []Cycle
	err := eachUses(packages, func(pkg string, uses fileUses) {
		cycles = append(cycles, cyclesIn(pkg, uses)...)
	})
	return cycles, err
}

// eachUses calls do for each package that go list was asked for.
func eachUses(packages []Package, do func(pkg string, uses fileUses)) error {
	exports := map[string]string{}
	for _, pkg := range packages {
		exports[pkg.ImportPath] = pkg.Export
	}
	for _, pkg := range packages {
		if pkg.DepOnly {
			continue
		}
		parsed, err := parse(pkg, exports)
		if err != nil {
			return fmt.Errorf("%s: %w", pkg.ImportPath, err)
		}
		do(pkg.ImportPath, parsed.fileUses())
	}
	return nil
}

// fileUses tells which names each file uses of which other file.
type fileUses map[string]map[string][]string

func (s sources) fileUses() fileUses {
	uses := fileUses{}
	for ident, object := range s.uses {
		if !isDeclaration(s.pkg, object) {
			continue
		}
		from := filepath.Base(s.fset.Position(ident.Pos()).Filename)
		to := filepath.Base(s.fset.Position(object.Pos()).Filename)
		if from == to {
			continue
		}
		if uses[from] == nil {
			uses[from] = map[string][]string{}
		}
		uses[from][to] = append(uses[from][to], ident.Name)
	}
	return uses
}

// isDeclaration leaves out what only its own file can name: variables and types of
// functions, type parameters, imported packages.
func isDeclaration(pkg *types.Package, object types.Object) bool {
	if object.Pkg() != pkg {
		return false
	}
	switch o := object.(type) {
	case *types.Func:
		return true // methods have no scope
	case *types.Var:
		return o.IsField() || o.Parent() == pkg.Scope()
	default:
		return o.Parent() == pkg.Scope()
	}
}

func cyclesIn(pkg string, uses fileUses) []Cycle {
	graph := map[string][]string{}
	for from, others := range uses {
		graph[from] = slices.Sorted(maps.Keys(others))
	}
	var cycles []Cycle
	for _, files := range components(graph) {
		if len(files) > 1 {
			cycles = append(cycles, Cycle{pkg, files, uses.among(files)})
		}
	}
	return cycles
}

func (u fileUses) among(files []string) (lines []string) {
	for _, from := range files {
		for _, to := range files {
			if names := u[from][to]; names != nil {
				slices.Sort(names)
				lines = append(lines, fmt.Sprintf("%s uses %s: %s", from, to, strings.Join(slices.Compact(names), ", ")))
			}
		}
	}
	return lines
}
