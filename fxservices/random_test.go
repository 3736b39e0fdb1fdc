package fxservices_test

import (
	"context"
	"fmt"
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
	fixedcases.Use(t, 2000)
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
	case app.Most == 0 && !app.Hostile && took != longest:
	case app.Most == 1 && took != all:
	default:
		return
	}
	app.complain("%s took %v, where the longest chain takes %v and all together %v", what, took, longest, all)
}

// checkEdges requires that each service starts after those that it needs, and no
// others, where the graph shows all there is.
func (app *randomApp) checkEdges(order *fxservices.Order) {
	for _, place := range order.Places() {
		if app.Hostile {
			return
		}
		n, _ := runner.As[*node](place.Service)
		var got []int
		for _, need := range place.After {
			needed, _ := runner.As[*node](need)
			got = append(got, needed.Index)
		}
		slices.Sort(got)
		if want := n.startsAfter(); !slices.Equal(got, want) || place.Barrier != "" {
			app.complain("%s starts after %v %s, not after %v", n.Name(), got, place.Barrier, want)
		}
	}
}

var _ fmt.Stringer = (*randomApp)(nil)
