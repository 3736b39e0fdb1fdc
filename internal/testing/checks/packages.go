package checks

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
)

// Package describes a package in the words of go list -json.
type Package struct {
	Dir, ImportPath string
	GoFiles         []string
	Export          string // the file with its export data
	DepOnly         bool   // only needed by the packages that were asked for
}

// ReadPackages reads the output of go list -json.
func ReadPackages(list io.Reader) ([]Package, error) {
	var packages []Package
	for decoder := json.NewDecoder(list); ; {
		var pkg Package
		switch err := decoder.Decode(&pkg); {
		case errors.Is(err, io.EOF):
			return packages, nil
		case err != nil:
			return nil, fmt.Errorf("read the output of go list: %w", err)
		}
		packages = append(packages, pkg)
	}
}

// sources are the files of a package, and the meaning of the names in them.
type sources struct {
	fset *token.FileSet
	pkg  *types.Package
	uses map[*ast.Ident]types.Object
}

// parse reads the files of pkg and checks their types.
func parse(pkg Package, exports map[string]string) (sources, error) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range pkg.GoFiles {
		file, err := parser.ParseFile(fset, filepath.Join(pkg.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return sources{}, err
		}
		files = append(files, file)
	}
	info := types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(fset, "gc", opener(exports))}
	checked, err := config.Check(pkg.ImportPath, fset, files, &info)
	return sources{fset, checked, info.Uses}, err
}

// opener opens the export data of a package by its import path.
func opener(exports map[string]string) importer.Lookup {
	return func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("no export data of %s: list it with go list -deps -export", path)
		}
		return os.Open(exports[path])
	}
}
