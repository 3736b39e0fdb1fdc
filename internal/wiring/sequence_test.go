package wiring_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/fxgraph"
	"github.com/go-fxservices/services/internal/layers"
	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

func TestSequence(t *testing.T) {
	none := wiring.Settings{}

	t.Run("is empty at first", func(t *testing.T) {
		var q wiring.Sequence
		require.Zero(t, q.Len())
		require.Empty(t, q.Items())
		require.Empty(t, q.Services())
	})

	t.Run("keeps the order of the calls, with the origins", func(t *testing.T) {
		var q wiring.Sequence
		db, cache := &instance{"db"}, &instance{"cache"}
		q.Manage(db, none, "one")
		q.Manage(cache, none, nil)
		require.Equal(t, []wiring.Item{{Service: db, Origin: "one"}, {Service: cache}}, q.Items())
		require.Equal(t, []runner.Service{db, cache}, q.Services())
		require.Equal(t, 2, q.Len())
	})

	t.Run("has an instance once, at its first place and with its first settings", func(t *testing.T) {
		var q wiring.Sequence
		db := &instance{"db"}
		q.Manage(db, none, "first")
		q.Manage(&instance{"cache"}, none, nil)
		q.Manage(db, settingsOf(runner.Barrier("second")), "second")
		q.Manage(runner.With(db, runner.Barrier("wrapped")), none, "wrapped")
		require.Equal(t, []string{"db", "cache"}, names(q.Services()))
		require.Equal(t, wiring.Item{Service: db, Origin: "first"}, q.Items()[0])
	})

	t.Run("has an instance once that was wrapped the first time", func(t *testing.T) {
		var q wiring.Sequence
		db := &instance{"db"}
		q.Manage(runner.With(db), none, nil)
		q.Manage(db, none, nil)
		require.Equal(t, 1, q.Len())
	})

	t.Run("tells instances apart that are equal", func(t *testing.T) {
		var q wiring.Sequence
		q.Manage(&instance{"db"}, none, nil)
		q.Manage(&instance{"db"}, none, nil)
		require.Equal(t, 2, q.Len())
	})

	t.Run("takes each value without an identity for another instance", func(t *testing.T) {
		var q wiring.Sequence
		q.Manage(value{}, none, nil)
		q.Manage(value{}, none, nil)
		q.Manage(uncomparable{nil, value{}}, none, nil)
		require.Equal(t, 3, q.Len())
	})

	t.Run("does not change slices that it has returned", func(t *testing.T) {
		var q wiring.Sequence
		q.Manage(&instance{"db"}, none, nil)
		items, services := q.Items(), q.Services()
		services[0] = nil
		_ = append(items, wiring.Item{})
		q.Manage(&instance{"cache"}, none, nil)
		require.Len(t, items, 1)
		require.Equal(t, []string{"db", "cache"}, names(q.Services()))
	})
}

func TestSequenceConcurrently(t *testing.T) {
	t.Run("has each instance of each goroutine once, in the order of that goroutine", func(t *testing.T) {
		const goroutines, each = 8, 50
		var q wiring.Sequence
		shared := &instance{"shared"}
		var group sync.WaitGroup
		for g := range goroutines {
			group.Go(func() {
				for i := range each {
					q.Manage(&instance{fmt.Sprintf("%d %d", g, i)}, wiring.Settings{}, g)
					q.Manage(shared, wiring.Settings{}, nil)
					assert.LessOrEqual(t, len(q.Items()), q.Len())
				}
			})
		}
		group.Wait()
		var byGoroutine [goroutines][]string
		for _, item := range q.Items() {
			if g, ok := item.Origin.(int); ok {
				byGoroutine[g] = append(byGoroutine[g], item.Service.Name())
			}
		}
		require.Equal(t, goroutines*each+1, q.Len())
		for g, all := range byGoroutine {
			require.Len(t, all, each)
			for i, name := range all {
				require.Equal(t, fmt.Sprintf("%d %d", g, i), name)
			}
		}
	})
}

func TestManageAll(t *testing.T) {

	t.Run("adds the services among the values, in their order, with settings and origin", func(t *testing.T) {
		var q wiring.Sequence
		values := valuesOf("text", &instance{"db"}, (*instance)(nil), 3, &instance{"cache"})
		require.NoError(t, q.ManageAll(values, nothing, settingsOf(runner.Barrier("last")), "origin"))
		require.Equal(t, []string{"db", "cache"}, names(q.Services()))
		for _, item := range q.Items() {
			_, barrier := wiring.Constraints(item.Service)
			require.Equal(t, "last", barrier)
			require.Equal(t, "origin", item.Origin)
		}
	})

	t.Run("fails at a value that promises to be a service and is none", func(t *testing.T) {
		var q wiring.Sequence
		values := append(valuesOf(&instance{"db"}), asService(named{}, 1))
		err := q.ManageAll(append(values, valuesOf(&instance{"cache"})...), nothing, wiring.Settings{}, nil)
		require.ErrorIs(t, err, runner.ErrInvalidServiceType)
		require.True(t, strings.HasPrefix(err.Error(), "wiring_test.named: "), err)
		require.Equal(t, []string{"db"}, names(q.Services()))
	})
}

// valuesOf returns the results of a constructor.
func valuesOf(all ...any) (values []constructor.Value) {
	for i, v := range all {
		values = append(values, constructor.Value{Value: reflect.ValueOf(v), Out: i})
	}
	return values
}

// asService returns result i of a constructor, whose type is runner.Service.
func asService(s runner.Service, i int) constructor.Value {
	return constructor.Value{Value: reflect.ValueOf(&s).Elem(), Out: i}
}

func nothing() []reflect.Value { return nil }

func TestManageAllOfValuesWithoutIdentity(t *testing.T) {
	none := wiring.Settings{}
	for name, v := range map[string]runner.Service{
		"a value": value{}, "a value that cannot be compared": uncomparable{nil, value{}}, "a pointer to nothing": &empty{}, "a function": function(func() {}),
	} {
		t.Run(name, func(t *testing.T) {
			plain := valuesOf(v)
			given := func() []reflect.Value { return []reflect.Value{plain[0].Value} }

			t.Run("is another one from another constructor", func(t *testing.T) {
				var q wiring.Sequence
				require.NoError(t, q.ManageAll(plain, nothing, none, nil))
				require.NoError(t, q.ManageAll([]constructor.Value{asService(v, 0)}, nothing, none, nil))
				require.Equal(t, 2, q.Len())
			})

			t.Run("is the one that the constructor was given", func(t *testing.T) {
				var q wiring.Sequence
				require.NoError(t, q.ManageAll(plain, nothing, none, nil))
				require.NoError(t, q.ManageAll([]constructor.Value{asService(v, 0)}, given, none, nil))
				require.NoError(t, q.ManageAll([]constructor.Value{asService(runner.With(v), 0)}, given, none, nil))
				require.Equal(t, 1, q.Len())
			})

			t.Run("is managed if nobody managed the one that the constructor was given", func(t *testing.T) {
				var q wiring.Sequence
				require.NoError(t, q.ManageAll(plain, given, none, nil))
				require.Equal(t, 1, q.Len())
			})

			t.Run("is one under two types, and two under one", func(t *testing.T) {
				var q wiring.Sequence
				require.NoError(t, q.ManageAll([]constructor.Value{plain[0], asService(v, 1)}, nothing, none, nil))
				require.Equal(t, 1, q.Len())
				require.NoError(t, q.ManageAll(valuesOf(v, v), nothing, none, nil))
				require.Equal(t, 3, q.Len())
				require.NoError(t, q.ManageAll([]constructor.Value{asService(v, 0), asService(v, 1)}, nothing, none, nil))
				require.Equal(t, 4, q.Len(), "one in two places")
				require.NoError(t, q.ManageAll([]constructor.Value{asService(v, 0), asService(v, 0)}, nothing, none, nil))
				require.Equal(t, 6, q.Len(), "two in a slice")
			})

			t.Run("is registered once", func(t *testing.T) {
				var q wiring.Sequence
				require.NoError(t, q.Register(v, &fxgraph.Calls{}))
				require.NoError(t, q.Register(v, &fxgraph.Calls{}))
				require.Equal(t, 1, q.Len())
			})

			t.Run("is known by its place", func(t *testing.T) {
				var q wiring.Sequence
				q.Manage(v, none, nil)
				q.Manage(v, settingsOf(runner.StopTimeout(1)), nil)
				one, two := q.Services()[0], q.Services()[1]
				require.NotEqual(t, layers.KeyOf(one), layers.KeyOf(two))
				require.Equal(t, layers.KeyOf(one), layers.KeyOf(runner.With(one, runner.Barrier("x"))))
				require.Equal(t, v.Name(), one.Name())
				require.IsType(t, v, wiring.Innermost(one))
			})
		})
	}
}

func TestRegister(t *testing.T) {
	var q wiring.Sequence
	db := &instance{"db"}
	require.NoError(t, q.Register((*instance)(nil), &fxgraph.Calls{}))
	require.NoError(t, q.Register(nil, &fxgraph.Calls{}))
	require.NoError(t, q.Register(db, &fxgraph.Calls{}))
	require.NoError(t, q.Register(runner.With(db), &fxgraph.Calls{}))
	require.Equal(t, []wiring.Item{{Service: db, Origin: fxgraph.Registered{}}}, q.Items())
	require.EqualError(t, q.Register(named{}, &fxgraph.Calls{}), "wiring_test.named: "+runner.ErrInvalidServiceType.Error())
}

// empty is a Resource whose pointers may be equal.
type empty struct{}

func (*empty) Name() string                { return "empty" }
func (*empty) Start(context.Context) error { return nil }
func (*empty) Stop(context.Context) error  { return nil }

// function is a Resource that is a function.
type function func()

func (function) Name() string                { return "function" }
func (function) Start(context.Context) error { return nil }
func (function) Stop(context.Context) error  { return nil }

// value is a Resource without an identity.
type value struct{ runner.Resource }

func (value) Name() string { return "value" }

// uncomparable is one that must not be a key of a map.
type uncomparable struct {
	_ []int
	value
}

// named is a Service that is neither a Resource nor a Server.
type named struct{}

func (named) Name() string { return "named" }
