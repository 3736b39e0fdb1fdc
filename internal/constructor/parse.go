package constructor

import (
	"fmt"
	"reflect"

	"go.uber.org/fx"
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
	tag := ""
	switch {
	case a.Name != "" && a.Group != "":
		return nil, fmt.Errorf("%v: fx.Annotated may have a Name or a Group, not both", f)
	case a.Name != "":
		tag = fmt.Sprintf("name:%q", a.Name)
	case a.Group != "":
		tag = fmt.Sprintf("group:%q", a.Group)
	}
	tags := make([]string, len(f.Outs()))
	for i := range tags {
		tags[i] = tag
	}
	return parseAnnotated(fx.Annotate(a.Target, fx.ResultTags(tags...)))
}

// parseAnnotated applies what fx.Annotate was given. Its result has no exported
// type, but exported fields and a method Build, which this relies on.
func parseAnnotated(arg any) (*Parsed, error) {
	v := reflect.New(reflect.TypeOf(arg))
	v.Elem().Set(reflect.ValueOf(arg))
	build := v.MethodByName("Build")
	if !build.IsValid() || v.Elem().Kind() != reflect.Struct {
		if err, ok := v.Interface().(error); ok { // fx.Annotate has refused it
			return nil, err
		}
		return nil, fmt.Errorf("must be a constructor, got %T", arg)
	}
	written, err := New(v.Elem().FieldByName("Target").Interface(), 0) // before Build, which changes it
	if err != nil {
		return nil, err
	}
	built := build.Call(nil)
	if err, _ := built[1].Interface().(error); err != nil {
		return nil, fmt.Errorf("%v: %w", written, err)
	}
	f, err := New(built[0].Interface(), written.PC())
	return &Parsed{Func: f, Written: written}, err
}

// Check returns an error, naming the constructor, unless at least one value that
// it constructs is a service, none is both a Resource and a Server, and there is
// one to retry if there should be.
func (p *Parsed) Check(retried bool) error {
	outs := p.Written.Outs()
	if err := p.Written.check(outs); err != nil || !retried {
		return err
	}
	for _, out := range outs {
		if kind := KindOf(out.Type); kind == Resource || kind == Open {
			return nil
		}
	}
	return fmt.Errorf("%v: a *retrier.Builder retries the start of a runner.Resource, and there is none", p)
}

// MustBuild returns what has to be asked of the container so that the Servers
// that p constructs are there, and the services whose value decides.
func (p *Parsed) MustBuild() []Out {
	var must []Out
	for _, out := range p.Written.Outs() {
		if kind := KindOf(out.Type); kind == Server || kind == Open {
			must = append(must, p.provided(out))
		}
	}
	return must
}

// provided returns what out of the written function has become: its own type if
// that is still provided, or else the interface in its place.
func (p *Parsed) provided(out Out) Out {
	at := 0
	for i, candidate := range p.Outs() {
		if candidate.Type == out.Type {
			return candidate
		}
		if at == 0 && out.Type.AssignableTo(candidate.Type) {
			at = i
		}
	}
	return p.Outs()[at]
}
