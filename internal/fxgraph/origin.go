package fxgraph

import (
	"reflect"

	"github.com/go-fxservices/services/internal/inside"
)

// Origin says where an item comes from. It is one of the types of this file, or nil if nobody knows.
type Origin interface{ isOrigin() }

// Constructed is the Origin of the results of one call to a constructor that the adapter has wrapped. All of them share
// one pointer.
type Constructed struct {
	PC   uintptr      // of the function of the user, by which the container names it
	Type reflect.Type // of the function that the container calls

	call *call
}

// Supplied is the Origin of an existing value that a function of the adapter provides.
type Supplied struct {
	By reflect.Type // the type of the function, which was made at run time
	PC uintptr      // by which the container names it; 0: it has no name of its own
}

// Registered is the Origin of an item that an Invoke took from the container. Its place says when that happened, not when
// it was constructed. It belongs to the constructors under whose keys the container has it.
type Registered struct{}

// Independent is the Origin of an item that is not in the container, so that nothing can need it.
type Independent struct{}

// Appended is the Origin of a hook. It belongs to the constructor that appended it, if it was one.
type Appended struct {
	within *Constructed
	call   *call
}

func (*Constructed) isOrigin() {}
func (Supplied) isOrigin()     {}
func (Registered) isOrigin()   {}
func (Independent) isOrigin()  {}
func (Appended) isOrigin()     {}

// call is one call of a constructor or decorator, by those that it may be a call of.
type call struct {
	functions []*inside.Function // guarded by the mutex of Calls; the slice itself never changes
}
