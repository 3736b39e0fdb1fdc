package fxservices_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/fx"
	"pgregory.net/rapid"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// What a node of a random application is.
const (
	isService    = "service"    // given to fxservices.Provide
	isValue      = "value"      // a service that is no pointer
	isTagged     = "tagged"     // a service that cannot be compared
	isNil        = "nil"        // given to fxservices.Provide, and nil
	isPlain      = "plain"      // no service
	isHooked     = "hooked"     // no service, but its constructor appends a hook
	isAnnotated  = "annotated"  // no service, but its constructor has the annotations fx.OnStart and fx.OnStop
	isLibrary    = "library"    // plain, and given to fxservices.Provide under another type
	isRegistered = "registered" // plain, and registered
)

// randomApp is a random graph of constructors.
type randomApp struct {
	Nodes []*node
	Most  int
	Fails int // the node that fails to start; negative: none does

	mu    sync.Mutex
	wrong []string
}

// node is one constructor, and what it constructs.
type node struct {
	app *randomApp

	Index     int
	Kind      string
	Module    int // 0: the application
	Private   bool
	Grouped   bool  // it is in the value group of its module too
	Interface bool  // it is provided as one
	Needs     []int // by name, of lower nodes
	Optional  []int // likewise, as optional parameters
	Groups    []int // the modules whose value groups it needs
	Decorated int   // a lower node that a decorator of this one needs; -1: it has none
	Lasts     time.Duration

	state string
}

func drawApp(t *rapid.T) *randomApp {
	n := rapid.IntRange(1, 10).Draw(t, "nodes")
	app := &randomApp{
		Most:  rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "most"),
		Fails: rapid.IntRange(-3*n, n-1).Draw(t, "fails"),
	}
	kinds := []string{isService, isService, isService, isValue, isTagged, isNil, isLibrary, isRegistered}
	kinds = append(kinds, rapid.SampledFrom([][]string{
		{isPlain, isPlain}, {isHooked, isAnnotated}, {isPlain, isHooked, isAnnotated},
	}).Draw(t, "other kinds")...)
	for i := range n {
		node := &node{
			app: app, Index: i, Decorated: -1,
			Kind:      rapid.SampledFrom(kinds).Draw(t, "kind"),
			Module:    rapid.IntRange(0, 2).Draw(t, "module"),
			Interface: rapid.Bool().Draw(t, "interface"),
			Grouped:   rapid.Bool().Draw(t, "grouped"),
			Lasts:     time.Duration(rapid.IntRange(0, 9).Draw(t, "ms")) * time.Millisecond,
		}
		node.Private = node.Module > 0 && !node.isManagedLater() && rapid.Bool().Draw(t, "private")
		app.Nodes = append(app.Nodes, node)
		app.drawNeeds(t, node)
		if i > 0 && !node.Private && rapid.IntRange(0, 4).Draw(t, "decorated") == 4 {
			if d := rapid.IntRange(0, i-1).Draw(t, "decorator needs"); !app.Nodes[d].Private {
				node.Decorated = d
			}
		}
	}
	return app
}

// isManagedLater reports whether it takes its place only after its constructor was called.
func (n *node) isManagedLater() bool { return n.Kind == isLibrary || n.Kind == isRegistered }

func (app *randomApp) drawNeeds(t *rapid.T, n *node) {
	for _, lower := range app.Nodes[:n.Index] {
		if lower.Private && lower.Module != n.Module {
			continue
		}
		switch rapid.IntRange(0, 5).Draw(t, "need") {
		case 0, 1:
			n.Needs = append(n.Needs, lower.Index)
		case 2:
			n.Optional = append(n.Optional, lower.Index)
		}
	}
	if n.Grouped = n.Grouped && !app.consumed(n.Module); !n.Grouped && rapid.Bool().Draw(t, "group") {
		n.Groups = append(n.Groups, n.Module)
	}
}

// consumed reports whether somebody needs the value group of a module: from then on
// it gets no more members.
func (app *randomApp) consumed(module int) bool {
	return slices.ContainsFunc(app.Nodes, func(n *node) bool { return slices.Contains(n.Groups, module) })
}

// direct returns the nodes that n gets from the container.
func (n *node) direct() (needs []int) {
	needs = slices.Concat(n.Needs, n.Optional)
	for _, lower := range n.app.Nodes[:n.Index] {
		if lower.Grouped && slices.Contains(n.Groups, lower.Module) {
			needs = append(needs, lower.Index)
		}
	}
	for _, need := range needs {
		byName := slices.Contains(n.Needs, need) || slices.Contains(n.Optional, need)
		if d := n.app.Nodes[need].Decorated; d >= 0 && byName {
			needs = append(needs, d)
		}
	}
	return needs
}

// active reports whether the node is something that starts and stops.
func (n *node) active() bool { return n.Kind != isPlain && n.Kind != isNil }

// isExact reports whether the order is to be exactly what the nodes need. Constructors that are made at run time look the
// same: one that appends nothing may be taken for one that has appended a hook.
func (app *randomApp) isExact() bool {
	has := func(kinds ...string) bool {
		return slices.ContainsFunc(app.Nodes, func(n *node) bool { return slices.Contains(kinds, n.Kind) })
	}
	return !has(isHooked, isAnnotated) || !has(isPlain, isLibrary, isRegistered)
}

// startsAfter returns the nodes that have to be started before n is.
func (n *node) startsAfter() []int {
	after := map[int]bool{}
	var visit func(*node)
	visit = func(n *node) {
		for _, i := range n.direct() {
			if need := n.app.Nodes[i]; need.active() {
				after[i] = true
			} else {
				visit(need)
			}
		}
	}
	visit(n)
	if n.Decorated >= 0 && n.isManagedLater() { // what starts is the decorated one
		if d := n.app.Nodes[n.Decorated]; d.active() {
			after[d.Index] = true
		} else {
			visit(d)
		}
	}
	all := []int{}
	for i := range n.app.Nodes {
		if after[i] {
			all = append(all, i)
		}
	}
	return all
}

// self finds the node in a value that has it.
func (n *node) self() *node { return n }

// Name is that of the service.
func (n *node) Name() string { return fmt.Sprintf("n%d", n.Index) }

// Start takes its time.
func (n *node) Start(ctx context.Context) error {
	for _, i := range n.startsAfter() {
		n.app.expect(n.app.Nodes[i], "up", "%s starts", n.Name())
	}
	n.become("", "starting")
	timer := time.NewTimer(n.Lasts)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		n.become("starting", "failed")
		return ctx.Err()
	case <-timer.C:
	}
	if n.Index == n.app.Fails {
		n.become("starting", "failed")
		return errBoom
	}
	n.become("starting", "up")
	return nil
}

// Stop requires that all that needs the node has stopped.
func (n *node) Stop(context.Context) error {
	for _, other := range n.app.Nodes {
		if other.active() && slices.Contains(other.startsAfter(), n.Index) {
			n.app.expectDown(other, n)
		}
	}
	n.become("up", "stopping")
	time.Sleep(n.Lasts)
	n.become("stopping", "stopped")
	return nil
}

func (n *node) become(from, to string) {
	n.app.expect(n, from, "it gets %s", to)
	n.app.mu.Lock()
	defer n.app.mu.Unlock()
	n.state = to
}

func (app *randomApp) expect(n *node, state, format string, args ...any) {
	app.mu.Lock()
	defer app.mu.Unlock()
	if n.state != state {
		app.complain("%s is %q as %s", n.Name(), n.state, fmt.Sprintf(format, args...))
	}
}

func (app *randomApp) expectDown(n, stops *node) {
	app.mu.Lock()
	defer app.mu.Unlock()
	if n.state == "up" || n.state == "stopping" || n.state == "starting" {
		app.complain("%s is %q as %s stops", n.Name(), n.state, stops.Name())
	}
}

func (app *randomApp) complain(format string, args ...any) {
	app.wrong = append(app.wrong, fmt.Sprintf(format, args...))
}

// String is the case.
func (app *randomApp) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "most %d, fails %d\n", app.Most, app.Fails)
	for _, n := range app.Nodes {
		fmt.Fprintf(&text, "%+v\n", struct {
			Name, Kind              string
			Module                  int
			Private, Grouped        bool
			Needs, Optional, Groups []int
			Decorated               int
		}{n.Name(), n.Kind, n.Module, n.Private, n.Grouped, n.Needs, n.Optional, n.Groups, n.Decorated})
	}
	return text.String()
}

// options makes the application.
func (app *randomApp) options() fx.Option {
	inside := map[int][]fx.Option{}
	for _, n := range app.Nodes {
		inside[n.Module] = append(inside[n.Module], n.provide())
		if n.Decorated >= 0 {
			inside[0] = append(inside[0], n.decorate())
		}
	}
	opts := []fx.Option{fx.Module("early", app.manage()...)}
	for module := range 3 {
		inside[module] = append(inside[module], app.invoke(module))
		if module == 0 {
			opts = append(opts, inside[0]...)
		} else {
			opts = append(opts, fx.Module(fmt.Sprint(module), inside[module]...))
		}
	}
	return fx.Options(fx.Options(opts...), module(fxservices.Concurrent(app.Most)))
}

// invoke needs all nodes of a module.
func (app *randomApp) invoke(module int) fx.Option {
	var fields []reflect.StructField
	for _, n := range app.Nodes {
		if n.Module == module {
			fields = append(fields, n.field(""))
		}
	}
	return fx.Invoke(makeFunc([]reflect.Type{inOf(fields)}, nil, func([]reflect.Value) []reflect.Value { return nil }))
}

// manage lets nodes take their places before others need them.
func (app *randomApp) manage() (opts []fx.Option) {
	for _, n := range app.Nodes {
		switch n.Kind {
		case isLibrary:
			opts = append(opts, fxservices.Provide(n.manage()), invoke(func(runner.Service) {}, fmt.Sprintf(`name:"m%d"`, n.Index)))
		case isRegistered:
			register := any(fxservices.Register[*node])
			if n.Interface {
				register = fxservices.Register[runner.Resource]
			}
			opts = append(opts, fx.Invoke(fx.Annotate(register, fx.ParamTags(fmt.Sprintf(`name:"n%d"`, n.Index)))))
		}
	}
	return opts
}

var resourceType = reflect.TypeFor[runner.Resource]()
