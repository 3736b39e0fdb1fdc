package wiring

import (
	"github.com/go-fxservices/services/internal/fxgraph"
	"github.com/go-fxservices/services/runner"
)

// Arrange returns the services of items, with settings that let each of them start after everything that it depends on. The
// Origin of an item is one of package fxgraph, and of calls.
func Arrange(items []Item, calls *fxgraph.Calls) []runner.Service {
	application := fxgraph.Application{
		Origins:  make([]fxgraph.Origin, len(items)),
		Name:     func(i int) string { return runner.NameOf(items[i].Service) },
		Instance: func(i int) any { return Innermost(items[i].Service) },
		Calls:    calls,
	}
	for i, item := range items {
		application.Origins[i], _ = item.Origin.(fxgraph.Origin)
	}
	services := make([]runner.Service, len(items))
	for i, place := range application.Order() {
		if items[i].First {
			place = fxgraph.Place{Barrier: "it starts first"}
		}
		services[i] = runner.With(items[i].Service, placeSettings(items, place)...)
	}
	return services
}

func placeSettings(items []Item, place fxgraph.Place) (settings []runner.Setting) {
	if len(place.After) > 0 {
		after := make([]runner.Service, len(place.After))
		for i, need := range place.After {
			after[i] = items[need].Service
		}
		settings = append(settings, runner.After(after...))
	}
	if place.Barrier != "" {
		settings = append(settings, runner.Barrier(place.Barrier))
	}
	return settings
}
