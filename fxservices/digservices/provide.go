package digservices

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"go.uber.org/dig"

	"github.com/go-fxservices/services/internal/constructor"
	"github.com/go-fxservices/services/internal/wiring"
)

// Provide is [dig.Container.Provide] for a constructor of services. It provides the results unchanged, and [App.Run] starts
// and stops each result that is a [runner.Resource], a [runner.Server] or a [runner.Job]. The constructor can have any shape that dig
// accepts, or be a value of fx.Annotate; [With] adds settings. At least one result has to be a service. A service that is
// nil is provided, but not started. An instance that several constructors return is started once.
//
// The errors of dig name the constructor, its file and its line.
func (a *App) Provide(ctor any, opts ...dig.ProvideOption) error {
	with, _ := ctor.(*withSettings)
	if with == nil {
		with = &withSettings{constructor: ctor}
	}
	c, err := with.parse(optionsOf(opts))
	if err != nil {
		return fmt.Errorf("digservices.Provide: %w", err)
	}
	extra := with.settings.After()
	var first reflect.Type
	if len(extra) > 0 {
		first = constructor.In(constructor.Fields(extra)...)
	}
	location := dig.LocationForPC(c.PC())
	var wrapped any
	wrapped = c.Wrap(first, func(call *constructor.Call) error {
		return a.sequence.Construct(&a.calls, c.PC(), reflect.TypeOf(wrapped), call, with.settings)
	})
	if err := a.container.Provide(wrapped, append(opts[:len(opts):len(opts)], location)...); err != nil {
		return err
	}
	for _, out := range with.settings.Built(c) {
		if err := a.container.Provide(constructor.BuildToken(out), location); err != nil {
			return err
		}
	}
	return nil
}

// With returns a constructor for [App.Provide] with settings for its services: [runner.StartTimeout], [runner.StopTimeout],
// the results of fxservices.After, fxservices.Manage and fxservices.StartFirst, and a [*retrier.Builder], which retries the start of Resources and the Run of Jobs and,
// with [retrier.Builder.Restarts], restarts Servers. Any other setting is an error of Provide.
func With(ctor any, settings ...any) any {
	w := &withSettings{constructor: ctor}
	for i, s := range settings {
		if !w.settings.Take(s) && w.err == nil {
			w.err = fmt.Errorf("setting %d is a %T: must be a runner.Setting or a *retrier.Builder", i+1, s)
		}
	}
	return w
}

type withSettings struct {
	constructor any
	settings    wiring.Settings
	err         error
}

func (w *withSettings) parse(o constructor.Options) (*constructor.Parsed, error) {
	if w.err != nil {
		return nil, w.err
	}
	c, err := constructor.Parse(w.constructor)
	if err != nil {
		return nil, err
	}
	c = c.With(o).Managed(w.settings.Kinds())
	if err := c.Check(w.settings.Retried()); err != nil {
		return nil, err
	}
	return c, w.settings.CheckManagers([]*constructor.Parsed{c})
}

// optionsOf returns the name, the group and the interfaces that dig.Name, dig.Group and dig.As among opts give to results.
// Dig does not export the options: their String methods tell the name and the group, and dig.As is a slice of interfaces.
func optionsOf(opts []dig.ProvideOption) (o constructor.Options) {
	for _, opt := range opts {
		if name, ok := argument(opt, "Name("); ok {
			o.Name = name
		}
		if group, ok := argument(opt, "Group("); ok {
			o.Group = group
		}
		o.As = append(o.As, interfacesOf(opt)...)
	}
	return o
}

func argument(opt dig.ProvideOption, function string) (string, bool) {
	text, ok := strings.CutPrefix(fmt.Sprint(opt), function)
	if !ok {
		return "", false
	}
	value, err := strconv.Unquote(strings.TrimSuffix(text, ")"))
	return value, err == nil
}

// interfacesOf returns the interfaces of a dig.As, which is a slice of pointers to interfaces, or none for other options.
func interfacesOf(opt dig.ProvideOption) (types []reflect.Type) {
	v := reflect.ValueOf(opt)
	if v.Kind() != reflect.Slice || v.Type().Elem().Kind() != reflect.Interface {
		return nil
	}
	for i := range v.Len() {
		t := reflect.TypeOf(v.Index(i).Interface())
		if t == nil || t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Interface {
			return nil
		}
		types = append(types, t.Elem())
	}
	return types
}
