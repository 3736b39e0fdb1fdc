package fxservices

import (
	"errors"
	"reflect"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/fxgraph"
	"github.com/go-fxservices/services/internal/wiring"
)

// registry collects the services and hooks of one application in the order in which fx constructs them. Constructors of
// services depend on the registry, and on nothing else of a Module.
type registry struct {
	wiring.Sequence
	calls *fxgraph.Calls // the constructors that make what it collects; nil: nobody needs to know
}

// registryIn asks the container for the registry. It is nil without a Module.
type registryIn struct {
	fx.In
	Registry  *registry    `optional:"true"`
	Lifecycle fx.Lifecycle // so that decorateLifecycle is called before any constructor of services
}

// registryFields are the fields of registryIn, for parameter objects that are made by reflection.
var registryFields = []reflect.StructField{
	reflect.TypeFor[registryIn]().Field(1),
	reflect.TypeFor[registryIn]().Field(2),
}

var errNoModule = errors.New("fxservices: Module is missing: give fxservices.Module() to fx.New")

// oneModulePerApplication is provided only so that fx refuses a second Module, and fx.ValidateApp an application without one.
type oneModulePerApplication struct{}

// needModule makes an application without a Module an error of fx.ValidateApp, which calls no function: check cannot tell it.
func needModule(oneModulePerApplication) {}

func (in registryIn) check() error {
	if in.Registry == nil {
		return errNoModule
	}
	return nil
}
