package inside

import (
	"reflect"
	"strings"

	"go.uber.org/dig"
)

// Key is what a container knows values by. For a value group Type is that of a member.
type Key struct {
	Type        reflect.Type
	Name, Group string
}

// Providers returns the constructors and decorators of each key.
func (c *Container) Providers() (map[Key][]*Function, error) {
	byID := make(map[uintptr]*Function, len(c.Functions))
	for _, f := range c.Functions {
		byID[f.ID] = f
	}
	providers := make(map[Key][]*Function, len(c.Functions))
	err := attempt("dig", func() {
		for _, s := range c.Scopes {
			for entries := fieldOf(s.v, "providers").MapRange(); entries.Next(); {
				key, nodes := readKey(entries.Key()), entries.Value()
				for i := range nodes.Len() {
					providers[key] = append(providers[key], byID[nodes.Index(i).Pointer()])
				}
			}
			for entries := fieldOf(s.v, "decorators").MapRange(); entries.Next(); {
				key := readKey(entries.Key())
				providers[key] = append(providers[key], byID[entries.Value().Pointer()])
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return providers, nil
}

func readKey(v reflect.Value) Key {
	k := reflect.New(v.Type()).Elem() // unexported fields can be read only where they have an address
	k.Set(v)
	return Key{field[reflect.Type](k, "t"), field[string](k, "name"), field[string](k, "group")}
}

// Needs returns the keys of the parameters, without a variadic one.
func (f *Function) Needs() []Key {
	n := f.Type.NumIn()
	if f.Type.IsVariadic() {
		n--
	}
	var keys []Key
	for i := range n {
		keys = addNeeds(keys, f.Type.In(i), "")
	}
	return keys
}

func addNeeds(keys []Key, t reflect.Type, tag reflect.StructTag) []Key {
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

func needKey(t reflect.Type, tag reflect.StructTag) Key {
	group, _, _ := strings.Cut(tag.Get("group"), ",")
	if group != "" && t.Kind() == reflect.Slice {
		return Key{Type: t.Elem(), Group: group}
	}
	return Key{Type: t, Name: tag.Get("name")}
}
