package constructor

import (
	"fmt"
	"reflect"
	"strings"

	"go.uber.org/dig"
)

// Keys name the parameters and results of a constructor as dig names them in its graph: "*app.DB",
// "*app.DB[name=replica]", and for a value group "[type=*app.DB group=pool]".

// Needs returns the keys of the parameters of the constructor, without a variadic one.
func (f *Func) Needs() []string {
	var keys []string
	for _, t := range f.params(nil) {
		keys = addNeeds(keys, t, "")
	}
	return keys
}

func addNeeds(keys []string, t reflect.Type, tag reflect.StructTag) []string {
	if !dig.IsIn(t) {
		return append(keys, needKey(t, tag))
	}
	for i := range t.NumField() {
		field := t.Field(i)
		if field.IsExported() && field.Type != reflect.TypeFor[dig.In]() {
			keys = addNeeds(keys, field.Type, field.Tag)
		}
	}
	return keys
}

func needKey(t reflect.Type, tag reflect.StructTag) string {
	group, _, _ := strings.Cut(tag.Get("group"), ",")
	if group != "" && t.Kind() == reflect.Slice {
		return groupKey(t.Elem(), group)
	}
	return nameKey(t, tag.Get("name"))
}

// Provides returns the keys of the values that the constructor puts into the container.
func (f *Func) Provides() []string {
	keys := make([]string, len(f.outs))
	for i, out := range f.outs {
		keys[i] = nameKey(out.Type, out.Name)
		if out.Group != "" {
			keys[i] = groupKey(out.Type, out.Group)
		}
	}
	return keys
}

func groupKey(t reflect.Type, group string) string {
	return fmt.Sprintf("[type=%v group=%s]", t, group)
}

func nameKey(t reflect.Type, name string) string {
	if name == "" {
		return t.String()
	}
	return fmt.Sprintf("%v[name=%s]", t, name)
}
