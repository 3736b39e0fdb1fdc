// Package constructor inspects the constructors that users give to a container, and wraps them so that an adapter can
// manage the services among their results.
//
// [Parse] accepts the same shapes as fx and dig, annotations included, and gives a [Parsed]: a function with the values
// that it puts into the container. [Parsed.Check] refuses constructors without services, [Func.Wrap] calls the adapter
// with the values, and [BuildToken] makes the container build values that nothing else asks for.
package constructor

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"

	"go.uber.org/dig"
)

var errorType = reflect.TypeFor[error]()

// Func is a constructor that dig accepts as it is.
type Func struct {
	fn   reflect.Value
	pc   uintptr // of the function as the user wrote it
	outs []Out
}

// Out is one value that a constructor puts into the container: a result, or a
// field of a result that embeds dig.Out.
type Out struct {
	Type        reflect.Type // of the value, or of its elements if Flatten is set
	Name, Group string
	Flatten     bool  // the value is a slice whose elements go into the group one by one
	path        []int // the index of the result, then those of nested fields
}

// New inspects fn. Its errors name the function at pc, or fn itself if pc is 0.
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

// PC returns the program counter of the function as the user wrote it.
func (f *Func) PC() uintptr { return f.pc }

// Outs returns the values that the constructor puts into the container.
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

// results returns the number of results without a final error.
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

// Takes reports whether the function takes a t, perhaps in a parameter object.
func (f *Func) Takes(t reflect.Type) bool {
	for i := range f.fn.Type().NumIn() {
		if takes(f.fn.Type().In(i), t) {
			return true
		}
	}
	return false
}

func takes(in, t reflect.Type) bool {
	if in == t {
		return true
	}
	for i := 0; dig.IsIn(in) && i < in.NumField(); i++ {
		if field := in.Field(i); field.IsExported() && field.Type != reflect.TypeFor[dig.In]() && takes(field.Type, t) {
			return true
		}
	}
	return false
}
