package constructor

import (
	"reflect"
	"strings"
)

// Options are what the options of dig's Provide say about the results of a constructor.
type Options struct {
	Name  string
	Group string         // with its options: "servers,flatten"
	As    []reflect.Type // interfaces that replace the types
}

// With returns p with the places in the container that options give to its values. Dig refuses options for result objects.
func (p *Parsed) With(o Options) *Parsed {
	if o.Name == "" && o.Group == "" && len(o.As) == 0 {
		return p
	}
	group, flags, _ := strings.Cut(o.Group, ",")
	f := *p.Func
	f.outs = nil
	for k := range max(len(o.As), 1) {
		for _, out := range p.outs {
			if o.Name != "" {
				out.Name = o.Name
			}
			if o.Group != "" {
				out.Group = group
			}
			if k < len(o.As) {
				out.Type = o.As[k]
			}
			if strings.Contains(flags, "flatten") && out.Type.Kind() == reflect.Slice {
				out.Type, out.Flatten = out.Type.Elem(), true
			}
			f.outs = append(f.outs, out)
		}
	}
	return &Parsed{Func: &f, Written: p.Written}
}
