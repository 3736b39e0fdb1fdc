package wiring_test

import (
	"context"
	"errors"

	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

var errBoom = errors.New("boom")

// instance is a Resource that is told apart by its address.
type instance struct{ name string }

func (i *instance) Name() string              { return i.name }
func (*instance) Start(context.Context) error { return nil }
func (*instance) Stop(context.Context) error  { return nil }

func names(services []runner.Service) (all []string) {
	for _, s := range services {
		all = append(all, s.Name())
	}
	return all
}

// settingsOf returns Settings that have taken args.
func settingsOf(args ...any) (s wiring.Settings) {
	for _, arg := range args {
		s.Take(arg)
	}
	return s
}
