package retrier_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/retrier"
)

// TestDroppedResults reads the programs that users copy: the examples, and the code in
// the documents. A method of a Builder whose result is dropped does nothing.
func TestDroppedResults(t *testing.T) {
	t.Run("are found in code of any kind", func(t *testing.T) {
		require.Equal(t, []string{"x:2: Restarts", "x:3: Reporter"}, dropped(t, "x", `b := retrier.New()
b.Restarts(3, time.Minute)
_ = b.Reporter(r)
b = b.Backoff(nil).Restarts(1, 0)
fxservices.Provide(NewDB, retrier.New().Backoff(nil))`))
		require.Equal(t, []string{"y:3: Backoff"}, dropped(t, "y", "package y\n\nfunc f() { retrier.New().Backoff(nil) }"))
		require.Empty(t, dropped(t, "z", "type Cache struct{}\n\nfunc (Cache) Name() string { return \"cache\" }"))
		require.Empty(t, dropped(t, "pseudo", "r.Run(ctx, ...) ... "))
	})

	t.Run("are in no example and no document", func(t *testing.T) {
		programs := 0
		require.NoError(t, filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
			switch name := filepath.ToSlash(path); {
			case err != nil:
				return err
			case entry.IsDir():
				if name != ".." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata") {
					return filepath.SkipDir
				}
			case strings.HasSuffix(name, ".go") && (strings.Contains(name, "/examples/") ||
				strings.HasPrefix(entry.Name(), "example") || strings.HasSuffix(name, "/doc.go")):
				programs++
				require.Empty(t, dropped(t, name, read(t, path)))
			case strings.HasSuffix(name, ".md"):
				for _, block := range fenced.FindAllStringSubmatch(read(t, path), -1) {
					programs++
					require.Empty(t, dropped(t, name, block[1]))
				}
			}
			return nil
		}))
		require.Greater(t, programs, 20)
	})
}

var fenced = regexp.MustCompile("(?s)```go\n(.*?)```")

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// dropped returns the calls of code, a file or a part of one, that drop a Builder. Code
// that is no Go, as documents have it now and then, has none.
func dropped(t *testing.T, name, code string) (calls []string) {
	t.Helper()
	files := token.NewFileSet()
	for _, c := range []struct {
		format string
		lines  int // before the code
	}{{"%s", 0}, {"package p\n%s", 1}, {"package p\nfunc _() {\n%s\n}", 2}} {
		file, err := parser.ParseFile(files, name, fmt.Sprintf(c.format, code), 0)
		if err != nil {
			continue
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if call, method := droppedCall(node); builderMethods[method] {
				line := files.Position(call.Pos()).Line - c.lines
				calls = append(calls, name+":"+strconv.Itoa(line)+": "+method)
			}
			return true
		})
		return calls
	}
	return nil
}

// droppedCall returns the call of a method whose only result node drops.
func droppedCall(node ast.Node) (call *ast.CallExpr, method string) {
	var expr ast.Expr
	switch node := node.(type) {
	case *ast.ExprStmt:
		expr = node.X
	case *ast.AssignStmt:
		if blank, ok := node.Lhs[0].(*ast.Ident); ok && blank.Name == "_" && len(node.Lhs) == 1 {
			expr = node.Rhs[0]
		}
	}
	call, ok := expr.(*ast.CallExpr)
	if !ok {
		return nil, ""
	}
	if selected, ok := call.Fun.(*ast.SelectorExpr); ok {
		return call, selected.Sel.Name
	}
	return nil, ""
}

// builderMethods are the methods of a Builder that return another Builder.
var builderMethods = func() map[string]bool {
	builder := reflect.TypeFor[*retrier.Builder]()
	methods := map[string]bool{}
	for m := range builder.NumMethod() {
		if method := builder.Method(m); method.Type.NumOut() == 1 && method.Type.Out(0) == builder {
			methods[method.Name] = true
		}
	}
	return methods
}()
