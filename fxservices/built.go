package fxservices

import (
	"reflect"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/constructor"
)

// builtToken says that something which has to run has been constructed.
type builtToken struct{}

type builtResult struct {
	fx.Out
	Token builtToken `group:"fxservices.built"`
}

// buildToken returns a constructor of a token that needs out.
func buildToken(out constructor.Out) any {
	t := reflect.FuncOf([]reflect.Type{out.Key()}, []reflect.Type{reflect.TypeFor[builtResult]()}, false)
	return reflect.MakeFunc(t, func([]reflect.Value) []reflect.Value {
		return []reflect.Value{reflect.ValueOf(builtResult{})}
	}).Interface()
}
