package checks

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Layers are the files of a package from the top down: each file uses files of its own
// layer and of the layers below it, and none of those above.
type Layers [][]string

var (
	tableRow = regexp.MustCompile("(?m)^\\|[^|]*\\|((?: `\\w+\\.go`)+) \\|")
	goFile   = regexp.MustCompile(`\w+\.go`)
)

// ReadLayers reads Layers from a table in a document: each row whose second cell has
// nothing but names of files in backquotes is a layer.
func ReadLayers(document string) Layers {
	var layers Layers
	for _, row := range tableRow.FindAllStringSubmatch(document, -1) {
		layers = append(layers, goFile.FindAllString(row[1], -1))
	}
	return layers
}

// Faults returns where packages, which are those of FileCycles, differ from the Layers:
// files without a layer, layers with a file that does not exist, and uses that go up.
func (l Layers) Faults(packages []Package) ([]string, error) {
	var faults []string
	for _, pkg := range packages {
		if !pkg.DepOnly {
			faults = append(faults, l.differences(pkg.GoFiles)...)
		}
	}
	err := eachUses(packages, func(_ string, uses fileUses) {
		faults = append(faults, l.upward(uses)...)
	})
	slices.Sort(faults)
	return faults, err
}

func (l Layers) differences(files []string) (faults []string) {
	named := slices.Concat(l...)
	for _, file := range files {
		if !slices.Contains(named, file) {
			faults = append(faults, file+" has no layer")
		}
	}
	for _, name := range named {
		if !slices.Contains(files, name) {
			faults = append(faults, name+" does not exist")
		}
	}
	return faults
}

func (l Layers) upward(uses fileUses) (faults []string) {
	for from, others := range uses {
		for to, names := range others {
			if above := l.of(to); above >= 0 && above < l.of(from) {
				slices.Sort(names)
				faults = append(faults, fmt.Sprintf("%s uses %s above it: %s", from, to, strings.Join(slices.Compact(names), ", ")))
			}
		}
	}
	return faults
}

// of returns the number of the layer of a file, from the top.
func (l Layers) of(file string) int {
	return slices.IndexFunc(l, func(files []string) bool { return slices.Contains(files, file) })
}
