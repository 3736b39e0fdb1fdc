package fxservices_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
	"pgregory.net/rapid"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/internal/testing/fixedcases"
)

// TestRandomTenants plays applications of several tenants. Each is a module with private layers, one on top of the other,
// which all tenants construct by the same functions. How a layer is provided, and what its constructor does, differs. So
// everything looks like something else: plain and annotated constructors, hooks and none, services and nil.
func TestRandomTenants(t *testing.T) {
	fixedcases.Use(t, 400)
	rapid.Check(t, func(rt *rapid.T) {
		b := drawHouse(rt)
		synctest.Test(t, func(t *testing.T) { b.play(t) })
		if len(b.wrong) > 0 {
			rt.Fatalf("%q\n%v", b.wrong, b)
		}
	})
}

// How a layer is provided.
const (
	byService      = "fxservices.Provide"
	byAnnotated    = "fxservices.Provide, annotated"
	byPlain        = "fx.Provide"
	byPlainTagged  = "fx.Provide, annotated"
	byMethod       = "fx.Provide, a method"
	byAnnotations  = "fx.Provide with fx.OnStart and fx.OnStop"
	byLibrary      = "fx.Provide, and fxservices.Provide under another type"
	byRegistration = "fx.Provide and Register"
)

var ways = []string{byService, byAnnotated, byPlain, byPlainTagged, byMethod, byAnnotations, byLibrary, byRegistration}

const levels = 4

// house is all tenants, and what they have in common.
type house struct {
	Tenants []*household
	shared  *unit

	mu    sync.Mutex
	wrong []string
}

// household is one tenant.
type household struct {
	house  *house
	Name   string
	Layers [levels]*floor
}

// floor is one layer of a tenant.
type floor struct {
	Way       string
	Hooks     int  // that its constructor appends
	Nil       bool // its constructor returns nil
	Decorated int  // the lower layer that a decorator of this one needs; -1: it has none
	Copied    bool // the decorator returns another instance
	hooks     []*unit
	service   *unit
	Took      []time.Duration
}

// unit is something that starts.
type unit struct {
	house *house
	name  string
	lasts time.Duration
	needs []*unit
	up    bool
}

func drawHouse(t *rapid.T) *house {
	b := &house{}
	b.shared = &unit{house: b, name: "shared", lasts: time.Second}
	for i := range rapid.IntRange(1, 3).Draw(t, "tenants") {
		tn := &household{house: b, Name: fmt.Sprint("t", i)}
		b.Tenants = append(b.Tenants, tn)
		for level := range levels {
			f := &floor{
				Way:       rapid.SampledFrom(ways).Draw(t, "way"),
				Hooks:     rapid.IntRange(0, 2).Draw(t, "hooks"),
				Nil:       rapid.IntRange(0, 3).Draw(t, "nil") == 0,
				Decorated: rapid.IntRange(-3, level-1).Draw(t, "decorated"),
				Copied:    rapid.Bool().Draw(t, "copied"),
			}
			for range 3 {
				f.Took = append(f.Took, time.Duration(rapid.IntRange(1, 9).Draw(t, "s"))*time.Second)
			}
			tn.Layers[level] = f
			tn.plan(level)
		}
	}
	return b
}

// plan finds the units of a layer, and what they need.
func (tn *household) plan(level int) {
	f := tn.Layers[level]
	needs := tn.below(level)
	if f.Way == byAnnotations {
		f.Hooks = 1
	}
	for i := range f.Hooks {
		hook := &unit{tn.house, fmt.Sprintf("%s hook %d of %d", tn.Name, i, level), f.Took[i], slices.Concat(needs, f.hooks), false}
		f.hooks = append(f.hooks, hook)
	}
	managed := f.Way == byService || f.Way == byAnnotated || f.Way == byLibrary || f.Way == byRegistration
	if !managed || f.Nil {
		return
	}
	needs = slices.Concat(needs, f.hooks)
	if f.Decorated >= 0 && (f.Way == byLibrary || f.Way == byRegistration) { // what starts is the decorated one
		needs = append(needs, tn.units(f.Decorated)...)
	}
	f.service = &unit{tn.house, fmt.Sprintf("%s %d", tn.Name, level), f.Took[2], needs, false}
}

// below returns the units that the constructor of a layer gets, through the layers that have none.
func (tn *household) below(level int) []*unit {
	if level == 0 {
		return []*unit{tn.house.shared}
	}
	units := tn.units(level - 1)
	if d := tn.Layers[level-1].Decorated; d >= 0 {
		units = slices.Concat(units, tn.units(d))
	}
	return units
}

// units returns the units of a layer, or those below it if it has none.
func (tn *household) units(level int) []*unit {
	f := tn.Layers[level]
	if f.service != nil {
		return append(f.hooks[:len(f.hooks):len(f.hooks)], f.service)
	}
	if len(f.hooks) > 0 {
		return f.hooks
	}
	return tn.below(level)
}

func (u *unit) start(context.Context) error {
	b := u.house
	b.expect(u, false, "it starts")
	for _, need := range u.needs {
		b.expect(need, true, u.name+" starts")
	}
	time.Sleep(u.lasts)
	b.mu.Lock()
	defer b.mu.Unlock()
	u.up = true
	return nil
}

func (u *unit) stop(context.Context) error {
	u.house.expect(u, true, "it stops")
	u.house.mu.Lock()
	defer u.house.mu.Unlock()
	u.up = false
	return nil
}

func (b *house) expect(u *unit, up bool, what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if u.up != up {
		b.wrong = append(b.wrong, fmt.Sprintf("%s is up: %v, as %s", u.name, u.up, what))
	}
}

func (b *house) play(t *testing.T) {
	t.Helper()
	all := b.start(t, module())
	took := b.start(t, module(fxservices.Concurrent()))
	longest := b.longest()
	if took < longest || took > all || b.isExact() && took != longest {
		b.wrong = append(b.wrong, fmt.Sprintf("took %v; the longest chain takes %v, and all %v", took, longest, all))
	}
}

// start starts and stops the application, and returns how long the start took.
func (b *house) start(t *testing.T, module fx.Option) time.Duration {
	t.Helper()
	var order *fxservices.Order
	opts := []fx.Option{fx.NopLogger, module, fx.Supply(b), fxservices.Provide(newShared), fx.Populate(&order)}
	for _, tn := range b.Tenants {
		opts = append(opts, fx.Module(tn.Name, tn.options()...))
	}
	app := fx.New(opts...)
	require.NoError(t, app.Err(), "%v", b)
	began := time.Now()
	require.NoError(t, app.Start(t.Context()))
	took := time.Since(began)
	for _, u := range b.units() {
		b.expect(u, true, "all have started")
	}
	require.NoError(t, app.Stop(t.Context()))
	for _, place := range order.Places() {
		if place.Barrier != "" && b.isExact() {
			b.wrong = append(b.wrong, place.String())
		}
	}
	return took
}

func (b *house) units() []*unit {
	units := []*unit{b.shared}
	for _, tn := range b.Tenants {
		for _, f := range tn.Layers {
			units = append(units, f.hooks...)
			if f.service != nil {
				units = append(units, f.service)
			}
		}
	}
	return units
}

func (b *house) longest() (longest time.Duration) {
	ends := map[*unit]time.Duration{}
	for _, u := range b.units() { // each after those that it needs
		for _, need := range u.needs {
			ends[u] = max(ends[u], ends[need])
		}
		ends[u] += u.lasts
		longest = max(longest, ends[u])
	}
	return longest
}

// isExact reports whether each constructor makes something, so that none of them can be taken for another one.
func (b *house) isExact() bool {
	for _, tn := range b.Tenants {
		for _, f := range tn.Layers {
			if f.service == nil && len(f.hooks) == 0 {
				return false
			}
		}
	}
	return true
}

// String is the case.
func (b *house) String() string {
	var text strings.Builder
	for _, tn := range b.Tenants {
		for level, f := range tn.Layers {
			fmt.Fprintf(&text, "%s %d: %+v\n", tn.Name, level, *f)
		}
	}
	return text.String()
}
