package fxservices

import (
	"os"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"go.uber.org/fx"
	"go.uber.org/fx/fxevent"
)

// decorators watches the events of fx for what the dependency graph does not show:
// which types are decorated, and how many services had been constructed when a
// decorator had run. More than these it cannot have needed.
//
// fx tells its events to a Logger, and a decorated Logger sees them; but only if
// there is one that fx.WithLogger has set.
type decorators struct {
	mu      sync.Mutex
	next    fxevent.Logger
	built   func() int // how many services are constructed by now
	early   int        // how many were before this watched
	visible bool       // what the application itself decorates can be seen
	outputs map[decorator][]string
	runs    map[string][]int // by the key of what is decorated: how many there were
}

// decorator is one as events name it.
type decorator struct{ function, module string }

type loggerIn struct {
	fx.In
	App    *app
	Logger fxevent.Logger `optional:"true"` // not there if only a child module has one
}

// decorateLogger lets the decorators of the application be seen.
func decorateLogger(in loggerIn) fxevent.Logger {
	d := &in.App.decorators
	d.next, d.built, d.early = in.Logger, in.App.sequence.Len, in.App.sequence.Len()
	d.outputs, d.runs = map[decorator][]string{}, map[string][]int{}
	if d.next == nil {
		d.next = &fxevent.ConsoleLogger{W: os.Stderr} // as fx has it
	}
	return d
}

// LogEvent implements [fxevent.Logger].
func (d *decorators) LogEvent(event fxevent.Event) {
	switch event := event.(type) {
	case *fxevent.Decorated:
		d.decorated(decorator{event.DecoratorName, event.ModuleName}, event.OutputTypeNames)
	case *fxevent.Run:
		if event.Kind == "decorate" {
			d.ran(decorator{event.Name, event.ModuleName})
		}
	}
	d.next.LogEvent(event)
}

func (d *decorators) decorated(by decorator, outputs []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch by.function {
	case nameOf(decorateLifecycle):
		d.visible = true
	case nameOf(decorateLogger):
	default:
		for _, output := range outputs {
			d.outputs[by] = append(d.outputs[by], keyOf(output))
		}
	}
}

// nameOf returns the name of a function as events have it.
func nameOf(function any) string {
	return runtime.FuncForPC(reflect.ValueOf(function).Pointer()).Name() + "()"
}

func (d *decorators) ran(by decorator) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, key := range d.outputs[by] {
		d.runs[key] = append(d.runs[key], d.built())
	}
}

// before returns how many services, all constructed before service i, the
// decorator of key that i got may have needed; or that this is not known.
func (d *decorators) before(key string, i int) (n int, known bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	runs := d.runs[key]
	if i < d.early && len(runs) > 0 {
		return 0, false
	}
	for _, built := range runs {
		if built <= i {
			n = max(n, built)
		}
	}
	return n, true
}

// among returns those of keys that are decorated.
func (d *decorators) among(keys []string) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var decorated []string
	for _, key := range keys {
		if len(d.runs[key]) > 0 && !slices.Contains(decorated, key) {
			decorated = append(decorated, key)
		}
	}
	return decorated
}

// keyOf returns the key in the dependency graph of an output as events write it:
//
//	*app.DB    *app.DB[name = "replica"]    []*app.DB[group = "pool"]
func keyOf(output string) string {
	if t, name, ok := tagged(output, `[name = "`); ok {
		return t + "[name=" + name + "]"
	}
	if t, group, ok := tagged(output, `[group = "`); ok {
		return "[type=" + strings.TrimPrefix(t, "[]") + " group=" + group + "]"
	}
	return output
}

func tagged(output, tag string) (t, value string, ok bool) {
	at := strings.LastIndex(output, tag)
	if at < 0 || !strings.HasSuffix(output, "]") {
		return "", "", false
	}
	value, err := strconv.Unquote(output[at+len(tag)-1 : len(output)-1])
	return output[:at], value, err == nil
}
