package fxservices

import (
	"reflect"
	"runtime"
	"strings"

	"github.com/go-fxservices/services/internal/constructor"
)

// origin says where a service comes from. It finds the constructors in the graph
// that may be the one, or says why it is not known.
type origin interface {
	constructors(g *graph) (indexes []int, unknown string)
}

// constructed is what a constructor given to Provide returned.
type constructed struct {
	f     *constructor.Func
	after []reflect.Type
}

// first is what the constructor needs beside.
func (c *constructed) first() reflect.Type {
	if len(c.after) == 0 {
		return reflect.TypeFor[need]()
	}
	app, _ := reflect.TypeFor[need]().FieldByName("App")
	return constructor.In(append(constructor.Beside(c.after), app)...)
}

func (c *constructed) constructors(g *graph) ([]int, string) {
	needs := append(c.f.Needs(), appKey)
	for _, t := range c.after {
		needs = append(needs, t.String())
	}
	return g.managing(needs, c.f.Gives())
}

// supplied is what was given to Supply, under its own type.
type supplied struct{ t reflect.Type }

func (s supplied) constructors(g *graph) ([]int, string) {
	return g.managing([]string{appKey}, []string{s.t.String()})
}

// independent is what the container does not know.
type independent struct{}

func (independent) constructors(*graph) ([]int, string) { return nil, "" }

// registered is what fx.Provide has constructed as a t.
type registered struct{ t reflect.Type }

func (r registered) constructors(g *graph) ([]int, string) {
	if found := g.givers[r.t.String()]; len(found) > 0 {
		return found, ""
	}
	return nil, notInGraph
}

// appended is a hook. It belongs to the constructor that appended it, if it was one.
type appended struct {
	functions []string // that were under way and had been called by reflection
}

func (a appended) constructors(g *graph) ([]int, string) {
	var found []int
	for _, function := range a.functions {
		found = append(found, g.named[function]...)
	}
	if len(found) == 0 {
		return nil, "it is a hook, and no constructor has appended it"
	}
	return found, ""
}

// callers returns the names of the functions that led to the call of Append, those
// that were called by reflection: containers call constructors so.
func callers() []string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	var functions []string
	last := ""
	for {
		frame, more := frames.Next()
		if frame.Function == "reflect.Value.call" && !strings.HasPrefix(last, "reflect.") {
			functions = append(functions, last)
		}
		if last = frame.Function; !more {
			return functions
		}
	}
}
