// Package constructor looks into the constructors that are given to a container,
// and wraps them so that what they return can be managed.
package constructor

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"

	"go.uber.org/dig"
)

var errorType = reflect.TypeFor[error]()

// Func is a constructor in a form that dig takes.
type Func struct {
	fn   reflect.Value
	pc   uintptr // of the function as its author wrote it
	outs []Out
}

// Out is one value that a constructor puts into the container: a result, or a
// field of a result that embeds dig.Out.
type Out struct {
	Type        reflect.Type // of the value; of its elements if it is flattened
	Name, Group string
	Flatten     bool // a slice, each element of which goes into the group
	path        []int
}

// New looks into fn. A pc of 0 means that of fn.
func New(fn any, pc uintptr) (*Func, error) {
	v := reflect.ValueOf(fn)
	if v.Kind() != reflect.Func || v.IsNil() {
		return nil, fmt.Errorf("must be a constructor, got %T", fn)
	}
	if pc == 0 {
		pc = v.Pointer()
	}
	f := &Func{fn: v, pc: pc}
	for i := range f.results() {
		f.addOuts(v.Type().Out(i), "", []int{i})
	}
	return f, nil
}

// PC returns the program counter of the function as its author wrote it.
func (f *Func) PC() uintptr { return f.pc }

// Outs returns what the constructor puts into the container.
func (f *Func) Outs() []Out { return f.outs }

// String returns the name of the function with its file and line.
func (f *Func) String() string { return Location(f.pc) }

// Location returns the name of the function at pc with its file and line.
func Location(pc uintptr) string {
	fn := runtime.FuncForPC(pc)
	if fn == nil {
		return "an unknown function"
	}
	file, line := fn.FileLine(pc)
	return fmt.Sprintf("%s (%s:%d)", fn.Name(), file, line)
}

// results returns how many results there are but for a last error.
func (f *Func) results() int {
	n := f.fn.Type().NumOut()
	if n > 0 && f.fn.Type().Out(n-1) == errorType {
		n--
	}
	return n
}

func (f *Func) addOuts(t reflect.Type, tag reflect.StructTag, path []int) {
	if !dig.IsOut(t) {
		f.outs = append(f.outs, newOut(t, tag, path))
		return
	}
	for i := range t.NumField() {
		field := t.Field(i)
		if field.IsExported() && field.Type != reflect.TypeFor[dig.Out]() {
			f.addOuts(field.Type, field.Tag, append(path[:len(path):len(path)], i))
		}
	}
}

func newOut(t reflect.Type, tag reflect.StructTag, path []int) Out {
	group, options, _ := strings.Cut(tag.Get("group"), ",")
	out := Out{Type: t, Name: tag.Get("name"), Group: group, path: path}
	if strings.Contains(options, "flatten") && t.Kind() == reflect.Slice {
		out.Type, out.Flatten = t.Elem(), true
	}
	return out
}
