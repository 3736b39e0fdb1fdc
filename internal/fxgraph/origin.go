package fxgraph

import (
	"reflect"
	"runtime"
	"strings"

	"github.com/go-fxservices/services/internal/constructor"
)

// Origin says where an item comes from. It is one of the types of this file, or nil if nobody knows.
type Origin interface{ isOrigin() }

// Constructed is the Origin of the results of one call to a constructor that the adapter has wrapped. All of them share
// one pointer.
type Constructed struct {
	Func  *constructor.Func
	Extra []reflect.Type // the types that the wrapper takes in addition, besides the marker
}

// Supplied is the Origin of an existing value that the adapter provides as a Type.
type Supplied struct{ Type reflect.Type }

// Registered is the Origin of an item that an Invoke took from the container as a Type. Its place says when that
// happened, not when it was constructed.
type Registered struct{ Type reflect.Type }

// Independent is the Origin of an item that is not in the container, so that nothing can need it.
type Independent struct{}

// Appended is the Origin of a hook. It belongs to the constructor that appended it, if it was one.
type Appended struct {
	callers []string // the functions that were running and had been called by reflection
}

func (*Constructed) isOrigin() {}
func (Supplied) isOrigin()     {}
func (Registered) isOrigin()   {}
func (Independent) isOrigin()  {}
func (Appended) isOrigin()     {}

const maxFrames = 64 // fx needs about 20 between an Invoke and a constructor

// AppendedHere returns the Origin of a hook that its caller is about to append. Containers call constructors by
// reflection, so that the stack tells which constructors are running.
func AppendedHere() Appended {
	pcs := make([]uintptr, maxFrames)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	var callers []string
	last := ""
	for {
		frame, more := frames.Next()
		if frame.Function == "reflect.Value.call" && !strings.HasPrefix(last, "reflect.") {
			callers = append(callers, last)
		}
		if last = frame.Function; !more {
			return Appended{callers}
		}
	}
}
