package fxservices

import (
	"errors"
	"reflect"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/wiring"
)

// registry collects the services and hooks of one application in the order in which fx constructs them. Constructors of
// services depend on the registry, and on nothing else of a Module.
type registry struct {
	wiring.Sequence
	hookOrigin func() any // where the hook that is being appended comes from; nil: nobody needs to know
}

// registryIn asks the container for the registry. It is nil without a Module.
type registryIn struct {
	fx.In
	Registry *registry `optional:"true"`
}

// registryField is the field of registryIn, for parameter objects that are made by reflection.
var registryField, _ = reflect.TypeFor[registryIn]().FieldByName("Registry")

var errNoModule = errors.New("fxservices: Module is missing: give fxservices.Module() to fx.New")

func (in registryIn) check() error {
	if in.Registry == nil {
		return errNoModule
	}
	return nil
}
