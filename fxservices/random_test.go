package fxservices_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/fx"
	"pgregory.net/rapid"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/internal/testing/fixedcases"
	"github.com/go-fxservices/services/runner"
)

// TestRandomApplications starts and stops random applications, which say by
// themselves when something starts or stops too early. It plays the same ones every
// time unless flags of rapid say otherwise.
func TestRandomApplications(t *testing.T) {
	fixedcases.Use(t, 1000)
	rapid.Check(t, func(rt *rapid.T) {
		app := drawApp(rt)
		synctest.Test(t, func(t *testing.T) { app.play(t) })
		if len(app.wrong) > 0 {
			rt.Fatalf("%q\n%v", app.wrong, app)
		}
	})
}

func (app *randomApp) play(t *testing.T) {
	t.Helper()
	var order *fxservices.Order
	built := fx.New(fx.NopLogger, app.options(), fx.Populate(&order))
	if built.Err() != nil {
		app.complain("%v", built.Err())
		return
	}
	began := time.Now()
	err := built.Start(context.Background())
	if failing := app.failing(); (err != nil) != failing {
		app.complain("start: %v", err)
	} else if failing {
		app.checkOver()
		return
	}
	app.checkTime("start", began)
	app.checkEdges(order)
	began = time.Now()
	if err := built.Stop(context.Background()); err != nil {
		app.complain("stop: %v", err)
	}
	app.checkTime("stop", began)
	app.checkOver()
}

func (app *randomApp) failing() bool { return app.Fails >= 0 && app.Nodes[app.Fails].active() }

// checkOver requires that what has started was stopped; that it was stopped once
// was checked as it was.
func (app *randomApp) checkOver() {
	for _, n := range app.Nodes {
		over := n.state == "stopped" || app.failing() && (n.state == "" || n.state == "failed")
		if n.Kind == isAnnotated { // its stop is a hook of its own, which may not have started
			over = over || app.failing() && n.state == "up"
		}
		if n.active() && !over {
			app.complain("%s is %q at the end", n.Name(), n.state)
		}
	}
}

// checkTime requires that nothing waited for what it does not need.
func (app *randomApp) checkTime(what string, began time.Time) {
	took, all := time.Since(began), time.Duration(0)
	ends := make([]time.Duration, len(app.Nodes))
	for i, n := range app.Nodes {
		if !n.active() {
			continue
		}
		for _, need := range n.startsAfter() {
			ends[i] = max(ends[i], ends[need])
		}
		ends[i] += n.Lasts
		all += n.Lasts
	}
	longest := slices.Max(ends)
	switch {
	case took < longest || took > all:
	case app.Most == 0 && app.isExact() && took != longest:
	case app.Most == 1 && took != all:
	default:
		return
	}
	app.complain("%s took %v, where the longest chain takes %v and all together %v", what, took, longest, all)
}

// checkEdges requires that each service starts after those that it needs, and no
// others, directly or not.
func (app *randomApp) checkEdges(order *fxservices.Order) {
	if !app.isExact() {
		return
	}
	got := map[int][]int{}
	for _, place := range order.Places() {
		if place.Barrier != "" {
			app.complain("%v", place)
		}
		n, ok := runner.As[interface{ self() *node }](place.Service)
		if !ok {
			return // a hook says nothing of its node
		}
		for _, need := range place.After {
			if needed, ok := runner.As[interface{ self() *node }](need); ok {
				got[n.self().Index] = append(got[n.self().Index], needed.self().Index)
			}
		}
	}
	want := map[int][]int{}
	for _, n := range app.Nodes {
		if n.active() {
			want[n.Index] = n.startsAfter()
		}
	}
	for i := range app.Nodes {
		if got, want := all(got, i), all(want, i); !slices.Equal(got, want) {
			app.complain("n%d starts after %v, not after %v", i, got, want)
		}
	}
}

// all returns everything that i starts after, and what that starts after.
func all(after map[int][]int, i int) []int {
	seen := map[int]bool{}
	var visit func(int)
	visit = func(i int) {
		for _, need := range after[i] {
			seen[need] = true
			visit(need)
		}
	}
	visit(i)
	return slices.Sorted(maps.Keys(seen))
}

var _ fmt.Stringer = (*randomApp)(nil)
