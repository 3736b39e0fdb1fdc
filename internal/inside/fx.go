package inside

import (
	"fmt"
	"reflect"

	"go.uber.org/dig"
	"go.uber.org/fx"
)

// OfFx reads the container of the application that a Lifecycle belongs to, which has to be the one of fx itself. Where fx
// has made a constructor from one that the user annotated, OfFx knows the name of the latter.
func OfFx(lifecycle fx.Lifecycle) (*Container, error) {
	var container *dig.Container
	var root reflect.Value // the module that the application itself is
	err := attempt("fx", func() {
		// fx.lifecycleWrapper, lifecycle.Lifecycle, fx.appLogger, fx.App
		logger := fieldOf(reflect.ValueOf(lifecycle).Elem().FieldByName("Lifecycle").Elem(), "logger").Elem()
		app := logger.FieldByName("app").Elem()
		container = field[*dig.Container](app, "container")
		root = fieldOf(app, "root").Elem()
	})
	if err != nil {
		return nil, err
	}
	c, err := OfDig(container)
	if err != nil {
		return nil, err
	}
	names := &names{}
	if attempt("fx", func() { names.module(root, c.Scopes[0], c.Scopes[0]) }) == nil {
		names.give()
	}
	return c, nil
}

// names are what fx knows about constructors, in the order in which it has given them to dig.
type names struct {
	scopes  []*Scope
	written map[*Scope][]written
}

// written is a constructor as the user gave it to fx.
type written struct {
	name  string // empty: it has none, or it is the Label
	stub  bool   // dig calls another function, which fx made
	hooks bool
}

// module collects the names of a module and its children, each of which has a scope of its own.
func (n *names) module(m reflect.Value, s, root *Scope) {
	if s == root {
		n.written = map[*Scope][]written{root: make([]written, 3)} // the types of fx come first
	}
	n.scopes = append(n.scopes, s)
	provides := fieldOf(m, "provides")
	for i := range provides.Len() {
		provide := provides.Index(i)
		to := root
		if field[bool](provide, "Private") {
			to = s
		}
		w := written{stub: true}
		if !field[bool](provide, "IsSupply") {
			w = asWritten(field[any](provide, "Target"))
		}
		n.written[to] = append(n.written[to], w)
	}
	children := fieldOf(m, "modules")
	for i := range children.Len() {
		n.module(children.Index(i).Elem(), s.children[i], root)
	}
	if !fieldOf(m, "logConstructor").IsNil() {
		n.written[s] = append(n.written[s], written{}) // fx provides loggers last
	}
}

var annotatedType = reflect.TypeOf(fx.Annotate(nil))

func asWritten(target any) written {
	v := reflect.ValueOf(target)
	if named, ok := target.(fx.Annotated); ok {
		v = reflect.ValueOf(named.Target)
	}
	if v.Type() != annotatedType {
		return writtenFunction(v)
	}
	hooks := v.FieldByName("Hooks").Len() > 0
	if v.FieldByName("FuncPtr").Uint() != 0 { // its label is right
		return written{hooks: hooks}
	}
	function := v.FieldByName("Target").Elem()
	w := writtenFunction(function)
	w.stub = w.stub || v.FieldByName("Annotations").Len() > 0 || function.Type().IsVariadic()
	w.hooks = hooks
	return w
}

func writtenFunction(v reflect.Value) written {
	if v.Kind() != reflect.Func {
		panic(fmt.Sprintf("provides a %v", v.Type()))
	}
	name := LabelAt(v.Pointer())
	return written{name: name, stub: name == Stub}
}

// give gives the names to constructors, scope by scope. It leaves out a scope where they do not fit.
func (n *names) give() {
	for _, s := range n.scopes {
		if given := n.written[s]; s.fits(given) {
			for i, f := range s.provided {
				f.Hooks = given[i].hooks
				if given[i].stub {
					f.Name = given[i].name
				}
			}
		}
	}
}

// fits reports whether given can be the constructors of s. A container that is being built may not have its loggers yet.
func (s *Scope) fits(given []written) bool {
	if len(given) < len(s.provided) {
		return false
	}
	for i, f := range s.provided {
		w := given[i]
		if w.name == "" || w.name == f.Label || w.stub && f.Label == Stub {
			continue
		}
		return false
	}
	return true
}
