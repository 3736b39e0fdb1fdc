package fxgraph

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/go-fxservices/services/internal/inside"
)

// Calls follows which constructor of a container is being called, so that each item is known to come from one call. A name
// does not tell that: one function can be provided many times, and fx.Annotate hides it.
//
// Calls never overlap, because a container first builds everything that a constructor takes, and calls it then. And it
// marks a constructor as called once that has returned. So, of the constructors that a call can belong to, the right one is
// among those that were not marked at the time of the call, and are marked when another item comes.
//
// The zero Calls follows nothing. A Calls is safe for concurrent use.
type Calls struct {
	mu        sync.Mutex
	read      func() (*inside.Container, error)
	container *inside.Container
	labelled  functionsBy        // their Labels
	named     functionsBy        // their Names
	methods   functionsBy        // the last names of methods that are used as values
	hooks     []*inside.Function // those that have Hooks

	unreadable bool
	wrapped    *Constructed // the call that is running, of a constructor that the adapter has wrapped
	open       []*call      // of which more than one constructor may be the right one
}

// functionsBy is functions by a name that several may have.
type functionsBy map[string][]*inside.Function

// Follow lets the Calls read a container. Without it, or if reading fails, nothing is known of calls. A nil Calls ignores it.
func (c *Calls) Follow(read func() (*inside.Container, error)) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.read = read
}

// Wrapped calls a constructor that the adapter has wrapped, and returns the Origin of everything that it constructs. A nil
// Calls returns nil.
func (c *Calls) Wrapped(pc uintptr, t reflect.Type, do func()) any {
	if c == nil {
		do()
		return nil
	}
	o := &Constructed{PC: pc, Type: t}
	outer := c.begin(o)
	defer c.end(outer)
	do()
	return o
}

// begin returns the call in which o is, if a constructor uses the container itself. Then calls do overlap, and nobody knows
// when the outer one will have returned.
func (c *Calls) begin(o *Constructed) (outer *Constructed) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settle()
	c.refresh()
	if outer = c.wrapped; outer != nil {
		c.open = slices.DeleteFunc(c.open, func(open *call) bool { return open == outer.call })
	}
	if alike := c.labelled[strings.TrimSuffix(inside.LabelAt(o.PC), methodValue)]; len(alike) <= most { // else the type has to tell
		o.call = c.add(alike)
	}
	c.wrapped = o
	return outer
}

func (c *Calls) end(outer *Constructed) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wrapped = outer
}

// Register returns the Origin of an item that its caller is about to register. A nil Calls returns nil.
func (c *Calls) Register() any { return c.item(Registered{}) }

// Supply returns the Origin of an existing value that a function of this type provides, which the container names by pc, unless
// that is 0. A nil Calls returns nil.
func (c *Calls) Supply(by reflect.Type, pc uintptr) any { return c.item(Supplied{By: by, PC: pc}) }

// item ends all calls before an item that does not belong to one.
func (c *Calls) item(o Origin) any {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settle()
	return o
}

// Append returns the Origin of a hook that its caller is about to append. A nil Calls returns nil.
func (c *Calls) Append() any {
	if c == nil {
		return nil
	}
	calls := onStack()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settle()
	switch {
	case len(calls) == 0:
		return Appended{}
	case c.wrapped != nil:
		return Appended{within: c.wrapped}
	}
	var functions []*inside.Function
	for _, running := range calls {
		functions = append(functions, without(c.functions(running), func(f *inside.Function) bool {
			return f.Decorates() != running.decorates
		})...)
	}
	return Appended{call: c.add(functions)}
}

// functions returns what a call that is on the stack may be a call of.
func (c *Calls) functions(r running) []*inside.Function {
	c.refresh()
	called := r.called()
	if direct := c.labelled[called]; len(direct) > 0 {
		return slices.Concat(direct, c.methods[lastName(called)])
	}
	found := c.named[inside.Stub] // made at run time: nobody knows who these are
	switch {
	case r.appendsAnnotation() && isOfFx(called):
		return slices.Concat(found, c.hooks)
	case r.appendsAnnotation(): // of a constructor that somebody has put into another one
		return nil
	}
	for _, name := range r.functions {
		found = slices.Concat(found, c.named[name], c.methods[lastName(name)])
	}
	return found
}

// lastName returns the name of a method without its type. The value of a method of an interface, or of an embedded field,
// has another name than the method that it calls, but for that.
func lastName(name string) string { return name[strings.LastIndex(name, ".")+1:] }

// methodValue ends the name of the function that a method is as a value. Stacks only show the method.
const methodValue = "-fm"

// refresh reads the container if it has not been read, or has got constructors since.
func (c *Calls) refresh() {
	if c.read == nil || c.unreadable || c.container != nil && c.container.IsCurrent() {
		return
	}
	container, err := c.read()
	if err != nil {
		c.unreadable = true // readAll says why
		return
	}
	c.container, c.hooks = container, nil
	c.labelled, c.named, c.methods = functionsBy{}, functionsBy{}, functionsBy{}
	for _, f := range container.Functions {
		label, name := strings.TrimSuffix(f.Label, methodValue), strings.TrimSuffix(f.Name, methodValue)
		c.labelled[label] = append(c.labelled[label], f)
		c.named[name] = append(c.named[name], f)
		if name != f.Name {
			c.methods[lastName(name)] = append(c.methods[lastName(name)], f)
		}
		if f.Hooks {
			c.hooks = append(c.hooks, f)
		}
	}
}

// most bounds the number of constructors that are looked at for one call.
const most = 64

// readAll returns the container as it is now, when no call is running.
func (c *Calls) readAll() (*inside.Container, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settle()
	if c.read == nil {
		return nil, errors.New("nothing tells which container the application has")
	}
	return c.read()
}

// of returns what a call may be a call of.
func (c *Calls) of(call *call) []*inside.Function {
	if call == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return call.functions
}

// add begins a call of one of functions. It returns nil if nothing is known of the call.
func (c *Calls) add(functions []*inside.Function) *call {
	seen := map[*inside.Function]bool{}
	functions = without(functions, func(f *inside.Function) bool {
		drop := f.Called() || seen[f]
		seen[f] = true
		return drop
	})
	if len(functions) == 0 {
		return nil
	}
	added := &call{functions}
	// Whether a decorator has been called is not known.
	if len(functions) > 1 && len(functions) <= most && !slices.ContainsFunc(functions, (*inside.Function).Decorates) {
		c.open = append(c.open, added)
	}
	return added
}

// settle looks which of the open calls have returned.
func (c *Calls) settle() {
	c.open = slices.DeleteFunc(c.open, func(open *call) bool {
		returned := without(open.functions, func(f *inside.Function) bool { return !f.Called() })
		if len(returned) > 0 {
			open.functions = returned
		}
		return len(returned) > 0
	})
}

func without(functions []*inside.Function, drop func(*inside.Function) bool) []*inside.Function {
	return slices.DeleteFunc(slices.Clone(functions), drop)
}
