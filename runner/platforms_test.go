package runner_test

import (
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The types of the package are checked for other systems, each with its own standard library, from source: that is
// what fails to build where a signal is missing.
func TestPackageBuildsFor(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads the standard library")
	}
	for _, system := range [][2]string{{"plan9", "amd64"}, {"windows", "amd64"}} {
		t.Run(system[0], func(t *testing.T) {
			host := build.Default
			defer func() { build.Default = host }()
			build.Default.GOOS, build.Default.GOARCH, build.Default.CgoEnabled = system[0], system[1], false
			pkg, err := build.ImportDir(".", 0)
			require.NoError(t, err)
			fset := token.NewFileSet()
			var files []*ast.File
			for _, name := range pkg.GoFiles {
				file, err := parser.ParseFile(fset, filepath.Join(pkg.Dir, name), nil, parser.SkipObjectResolution)
				require.NoError(t, err)
				files = append(files, file)
			}
			config := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
			_, err = config.Check(pkg.ImportPath, fset, files, nil)
			require.NoError(t, err)
		})
	}
}
