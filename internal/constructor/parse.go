package constructor

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/runner"
)

// Parsed is an argument of fx.Provide or dig's Provide: a function, perhaps with the annotations of fx.Annotate or
// fx.Annotated.
type Parsed struct {
	*Func         // the function with its annotations applied, for dig
	Written *Func // the function as the user wrote it

	kinds map[reflect.Type]Kind // of types that are none of themselves; see Managed
}

// Managed returns p with values of the types that kinds has as services of these kinds.
func (p *Parsed) Managed(kinds map[reflect.Type]Kind) *Parsed {
	managed := *p
	managed.kinds = kinds
	return &managed
}

// Parse inspects arg. It returns an error for everything that is not a constructor.
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

// parseNamed turns an fx.Annotated into the newer fx.Annotate, which can carry the location of the function.
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

// parseAnnotated applies the annotations of fx.Annotate. The type that fx.Annotate returns is not exported, but its field
// Target and its method Build are. There is no other way to see the annotated function.
func parseAnnotated(arg any) (*Parsed, error) {
	if reflect.TypeOf(arg) != annotatedType {
		return nil, noConstructor(arg)
	}
	v := reflect.New(annotatedType)
	v.Elem().Set(reflect.ValueOf(arg))
	if inner := v.Elem().FieldByName("Target").Interface(); reflect.TypeOf(inner) == annotatedType {
		return nil, annotatedTwice(inner)
	}
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

// annotatedTwice returns the error for an fx.Annotate of inner, which is one, too.
func annotatedTwice(inner any) error {
	for reflect.TypeOf(inner) == annotatedType {
		inner = reflect.ValueOf(inner).FieldByName("Target").Interface()
	}
	name := fmt.Sprintf("a %T", inner)
	if f := reflect.ValueOf(inner); f.Kind() == reflect.Func {
		name = Location(f.Pointer())
	}
	return fmt.Errorf("%s: fx.Annotate of fx.Annotate: give all annotations to one call", name)
}

// noConstructor returns the error for an arg that is not a constructor. For annotations that fx.Annotate refuses it
// returns an error value instead, with the function in a field that is not exported: reading it adds the location.
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

// Check returns an error that names the constructor if none of its values is a service, or if one is both a Resource and
// a Server. With retried, which means that a retrier is to retry Resources and Jobs and do nothing else, it is also an
// error if none of the values can be a Resource or a Job.
func (p *Parsed) Check(retried bool) error {
	found, retriable := false, false
	for i, out := range p.Written.Outs() {
		switch p.kind(i) {
		case Ambiguous:
			return fmt.Errorf("%v returns %v: %w: both a Resource and a Server", p, out.Type, runner.ErrInvalidServiceType)
		case Server:
			found = true
		case Resource, Job, Undecided:
			found, retriable = true, true
		}
	}
	switch {
	case !found:
		return fmt.Errorf("%v returns %s: %w: neither a runner.Resource nor a runner.Server nor a runner.Job",
			p, list(p.Written.Outs()), runner.ErrInvalidServiceType)
	case retried && !retriable:
		return fmt.Errorf("%v: a *retrier.Builder retries the start of a runner.Resource, and there is none, nor a runner.Job; "+
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

// Roots returns the values that an adapter has to ask the container for, because nothing else may: the Servers and
// Jobs that p constructs, and the values that may turn out to be such.
func (p *Parsed) Roots() []Out { return p.providedOf(Server, Job, Undecided) }

// Services returns the values that are services or may be.
func (p *Parsed) Services() []Out { return p.providedOf(Resource, Server, Job, Undecided) }

func (p *Parsed) providedOf(kinds ...Kind) (values []Out) {
	for i := range p.Written.Outs() {
		if slices.Contains(kinds, p.kind(i)) {
			values = append(values, p.provided(i))
		}
	}
	return values
}

// kind judges value i of the written function by its type. A slice has the kind of its elements if an annotation flattens
// it into a group.
func (p *Parsed) kind(i int) Kind {
	if kind, ok := p.kinds[p.Written.Outs()[i].Type]; ok {
		return kind
	}
	if kind := KindOf(p.Written.Outs()[i].Type); kind != Other {
		return kind
	}
	return KindOf(p.provided(i).Type)
}

// provided returns the form in which value i of the written function goes into the container: under its own type, or
// under the interface that replaces the type. Each fx.As provides all values once more, in the same order.
func (p *Parsed) provided(i int) Out {
	written, all := p.Written.Outs(), p.Outs()
	for at := i; at < len(all); at += len(written) {
		if all[at].Type == written[i].Type {
			return all[at]
		}
	}
	return all[i]
}
