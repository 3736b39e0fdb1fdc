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
// and stops each result that is a [runner.Resource] or a [runner.Server]. The constructor can have any shape that dig
// accepts, or be a value of fx.Annotate; [With] adds settings. At least one result has to be a service. A service that is
// nil is provided, but not started. An instance that several constructors return is started once.
//
// The errors of dig name the constructor, its file and its line.
func (a *App) Provide(ctor any, opts ...dig.ProvideOption) error {
	with, _ := ctor.(*withSettings)
	if with == nil {
		with = &withSettings{constructor: ctor}
	}
	c, err := with.parse()
	if err != nil {
		return fmt.Errorf("digservices.Provide: %w", err)
	}
	manage := func(_ reflect.Value, values []reflect.Value) error {
		return a.sequence.ManageAll(values, with.settings, nil)
	}
	var first reflect.Type
	if after := with.settings.After(); len(after) > 0 {
		first = constructor.In(constructor.Fields(after)...)
	}
	location := dig.LocationForPC(c.PC())
	if err := a.container.Provide(c.Wrap(first, manage), append(opts[:len(opts):len(opts)], location)...); err != nil {
		return err
	}
	for _, out := range c.Roots() {
		if err := a.container.Provide(constructor.BuildToken(renamed(out, opts)), location); err != nil {
			return err
		}
	}
	return nil
}

// With returns a constructor for [App.Provide] with settings for its services: [runner.StartTimeout], [runner.StopTimeout],
// the results of fxservices.After, and a [*retrier.Builder], which retries the start of Resources and, with
// [retrier.Builder.Restarts], restarts Servers. Any other setting is an error of Provide.
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

func (w *withSettings) parse() (*constructor.Parsed, error) {
	if w.err != nil {
		return nil, w.err
	}
	c, err := constructor.Parse(w.constructor)
	if err != nil {
		return nil, err
	}
	return c, c.Check(w.settings.Retried())
}

// renamed returns out with the name, group and interface that dig.Name, dig.Group and dig.As among opts give it. Dig does
// not export the options: their String methods tell the name and the group, and interfaceOf finds the interface.
func renamed(out constructor.Out, opts []dig.ProvideOption) constructor.Out {
	for _, opt := range opts {
		if name, ok := argument(opt, "Name("); ok {
			out.Name = name
		}
		if group, ok := argument(opt, "Group("); ok {
			out.Group, _, _ = strings.Cut(group, ",")
		}
		if as := interfaceOf(opt); as != nil {
			out.Type = as
		}
	}
	return out
}

func argument(opt dig.ProvideOption, function string) (string, bool) {
	text, ok := strings.CutPrefix(fmt.Sprint(opt), function)
	if !ok {
		return "", false
	}
	value, err := strconv.Unquote(strings.TrimSuffix(text, ")"))
	return value, err == nil
}

// interfaceOf returns the first interface of a dig.As, which is a slice of pointers to interfaces, or nil for other
// options.
func interfaceOf(opt dig.ProvideOption) reflect.Type {
	v := reflect.ValueOf(opt)
	if v.Kind() != reflect.Slice || v.Len() == 0 || v.Type().Elem().Kind() != reflect.Interface {
		return nil
	}
	t := reflect.TypeOf(v.Index(0).Interface())
	if t == nil || t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Interface {
		return nil
	}
	return t.Elem()
}
