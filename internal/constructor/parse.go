package constructor

import (
	"fmt"
	"reflect"
	"strings"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/runner"
)

// Parsed is a constructor as it was given to fx or dig: a function, or one with
// the annotations of fx.Annotate or fx.Annotated.
type Parsed struct {
	*Func         // as dig takes it, with the annotations applied
	Written *Func // as its author wrote it
}

// Parse looks into arg.
func Parse(arg any) (*Parsed, error) {
	if a, ok := arg.(fx.Annotated); ok {
		return parseNamed(a)
	}
	if t := reflect.TypeOf(arg); t == nil || t.Kind() == reflect.Func {
		f, err := New(arg, 0)
		return &Parsed{Func: f, Written: f}, err
	}
	return parseAnnotated(arg)
}

// parseNamed makes the newer fx.Annotate of an fx.Annotated: it can carry the
// location of the function.
func parseNamed(a fx.Annotated) (*Parsed, error) {
	f, err := New(a.Target, 0)
	if err != nil {
		return nil, err
	}
	var tag string
	switch {
	case a.Name == "" && a.Group == "":
		return &Parsed{Func: f, Written: f}, nil
	case a.Name != "" && a.Group != "":
		return nil, fmt.Errorf("%v: fx.Annotated may have a Name or a Group, not both", f)
	case a.Name != "":
		tag = fmt.Sprintf("name:%q", a.Name)
	default:
		tag = fmt.Sprintf("group:%q", a.Group)
	}
	tags := make([]string, len(f.Outs()))
	for i := range tags {
		tags[i] = tag
	}
	return parseAnnotated(fx.Annotate(a.Target, fx.ResultTags(tags...)))
}

var annotatedType = reflect.TypeOf(fx.Annotate(nil))

// parseAnnotated applies what fx.Annotate was given. Its result has no exported
// type, but exported fields and a method Build, which this relies on.
func parseAnnotated(arg any) (*Parsed, error) {
	if reflect.TypeOf(arg) != annotatedType {
		return nil, noConstructor(arg)
	}
	v := reflect.New(annotatedType)
	v.Elem().Set(reflect.ValueOf(arg))
	written, err := New(v.Elem().FieldByName("Target").Interface(), 0) // before Build, which changes it
	if err != nil {
		return nil, err
	}
	built := v.MethodByName("Build").Call(nil)
	if err, _ := built[1].Interface().(error); err != nil {
		return nil, fmt.Errorf("%v: %w", written, err)
	}
	f, err := New(built[0].Interface(), written.PC())
	return &Parsed{Func: f, Written: written}, err
}

// noConstructor is the error for arg. What fx.Annotate has refused says why, and
// knows the function, in a field that is read here.
func noConstructor(arg any) error {
	v := reflect.New(reflect.TypeOf(arg)).Elem()
	v.Set(reflect.ValueOf(arg))
	err, ok := v.Addr().Interface().(error)
	if !ok || v.Kind() != reflect.Struct {
		return fmt.Errorf("must be a constructor, got %T", arg)
	}
	if target := v.FieldByName("target"); target.Kind() == reflect.Interface && target.Elem().Kind() == reflect.Func {
		return fmt.Errorf("%s: %w", Location(target.Elem().Pointer()), err)
	}
	return err
}

// Check returns an error, naming the constructor, unless at least one value that
// it constructs is a service, none is both a Resource and a Server, and there is
// a Resource if the start of those, and nothing else, is to be retried.
func (p *Parsed) Check(retried bool) error {
	found, retriable := false, false
	for i, out := range p.Written.Outs() {
		switch p.kind(i) {
		case Both:
			return fmt.Errorf("%v returns %v: %w: both a Resource and a Server", p, out.Type, runner.ErrInvalidServiceType)
		case Server:
			found = true
		case Resource, Open:
			found, retriable = true, true
		}
	}
	switch {
	case !found:
		return fmt.Errorf("%v returns %s: %w: neither a runner.Resource nor a runner.Server",
			p, list(p.Written.Outs()), runner.ErrInvalidServiceType)
	case retried && !retriable:
		return fmt.Errorf("%v: a *retrier.Builder retries the start of a runner.Resource, and there is none; "+
			"for a runner.Server set its Restarts", p)
	default:
		return nil
	}
}

func list(outs []Out) string {
	if len(outs) == 0 {
		return "nothing"
	}
	types := make([]string, len(outs))
	for i, out := range outs {
		types[i] = out.Type.String()
	}
	return strings.Join(types, ", ")
}

// MustBuild returns what has to be asked of the container so that the Servers
// that p constructs are there, and the services whose value decides.
func (p *Parsed) MustBuild() []Out {
	var must []Out
	for i := range p.Written.Outs() {
		if kind := p.kind(i); kind == Server || kind == Open {
			must = append(must, p.provided(i))
		}
	}
	return must
}

// kind judges value i of the written function by its type. A slice may become
// services by its annotation: it is flattened into a group.
func (p *Parsed) kind(i int) Kind {
	if kind := KindOf(p.Written.Outs()[i].Type); kind != Other {
		return kind
	}
	return KindOf(p.provided(i).Type)
}

// provided returns what value i of the written function has become: its own type
// if that is still provided, or else the interface in its place. Each fx.As
// provides all values once more.
func (p *Parsed) provided(i int) Out {
	written, all := p.Written.Outs(), p.Outs()
	for at := i; at < len(all); at += len(written) {
		if all[at].Type == written[i].Type {
			return all[at]
		}
	}
	return all[i]
}
