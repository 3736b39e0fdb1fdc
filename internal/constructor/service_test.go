package constructor_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/runner"
)

func TestKindOf(t *testing.T) {
	for name, c := range map[string]struct {
		t    reflect.Type
		want constructor.Kind
	}{
		"a Resource":                   {reflect.TypeFor[*db](), constructor.Resource},
		"the interface Resource":       {reflect.TypeFor[runner.Resource](), constructor.Resource},
		"a Server":                     {reflect.TypeFor[*api](), constructor.Server},
		"the interface Server":         {reflect.TypeFor[runner.Server](), constructor.Server},
		"a Job":                        {reflect.TypeFor[*job](), constructor.Job},
		"the interface Job":            {reflect.TypeFor[runner.Job](), constructor.Job},
		"a Resource with a Run method": {reflect.TypeFor[*runningDB](), constructor.Resource},
		"both at once":                 {reflect.TypeFor[*hybrid](), constructor.Ambiguous},
		"the interface Service":        {reflect.TypeFor[runner.Service](), constructor.Undecided},
		"an interface with a name":     {reflect.TypeFor[Namer](), constructor.Undecided},
		"a type with a name":           {reflect.TypeFor[named](), constructor.Other},
		"an interface without a name":  {reflect.TypeFor[error](), constructor.Other},
		"a slice of Servers":           {reflect.TypeFor[[]*api](), constructor.Other},
		"a type without methods":       {reflect.TypeFor[int](), constructor.Other},
		"a pointer to a pointer to it": {reflect.TypeFor[**db](), constructor.Other},
	} {
		t.Run("judges "+name, func(t *testing.T) { require.Equal(t, c.want, constructor.KindOf(c.t)) })
	}
}

func TestService(t *testing.T) {
	// of returns what pointer points to, with its static type, as a function returns it.
	of := func(pointer any) reflect.Value { return reflect.ValueOf(pointer).Elem() }

	t.Run("is what is a Resource, a Server or a Job, whatever its static type", func(t *testing.T) {
		resource, server, work := newDB(), newAPI(), newJob()
		anything, namer, service, named := any(resource), Namer(server), runner.Service(server), Namer(work)
		for pointer, want := range map[any]runner.Service{
			&resource: resource, &server: server, &anything: resource, &namer: server, &service: server, &work: work, &named: work,
		} {
			got, err := constructor.Service(of(pointer))
			require.NoError(t, err)
			require.Same(t, want, got)
		}
	})

	t.Run("is nothing for nil and for what is no service", func(t *testing.T) {
		var nothing *db
		var nobody runner.Service
		typed, plain, name := runner.Service(nothing), &config{}, Namer(named{})
		for _, pointer := range []any{&nothing, &nobody, &typed, &plain, &name} {
			got, err := constructor.Service(of(pointer))
			require.NoError(t, err)
			require.Nil(t, got)
		}
	})

	t.Run("is an error for what only its static type makes a Service", func(t *testing.T) {
		service := runner.Service(named{})
		_, err := constructor.Service(of(&service))
		require.ErrorIs(t, err, runner.ErrInvalidServiceType)
		require.ErrorContains(t, err, "constructor_test.named")
	})

	t.Run("is an error for what is a Resource and a Server at once", func(t *testing.T) {
		anything := any(&hybrid{})
		_, err := constructor.Service(of(&anything))
		require.ErrorIs(t, err, runner.ErrInvalidServiceType)
		require.ErrorContains(t, err, "*constructor_test.hybrid")
	})
}

// job is a Job.
type job struct{ runner.Job }

func newJob() *job { return &job{runner.NewJob("job", nil)} }

// runningDB is a Resource with a Run method.
type runningDB struct{ runner.Resource }

func (*runningDB) Run(context.Context) error { return nil }
