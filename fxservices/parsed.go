package fxservices

import (
	"fmt"
	"reflect"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/internal/constructor"
)

// parsed is an argument of Provide: a function, or one with annotations.
type parsed struct {
	*constructor.Func                   // as fx would give it to dig
	written           *constructor.Func // as its author wrote it
}

func parse(arg any) (*parsed, error) {
	if a, ok := arg.(fx.Annotated); ok {
		return parseNamed(a)
	}
	if reflect.TypeOf(arg).Kind() == reflect.Func {
		f, err := constructor.New(arg, 0)
		return &parsed{Func: f, written: f}, err
	}
	return parseAnnotated(arg)
}

// parseNamed makes the newer fx.Annotate of an fx.Annotated: it can carry the
// location of the function.
func parseNamed(a fx.Annotated) (*parsed, error) {
	f, err := constructor.New(a.Target, 0)
	if err != nil {
		return nil, err
	}
	if a.Name != "" && a.Group != "" {
		return nil, fmt.Errorf("%v: fx.Annotated may have a Name or a Group, not both", f)
	}
	tag := ""
	switch {
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
// type, but exported fields and a method Build, which this relies on; see
// docs/design/003-constructor-names.md.
func parseAnnotated(arg any) (*parsed, error) {
	v := reflect.New(reflect.TypeOf(arg))
	v.Elem().Set(reflect.ValueOf(arg))
	build := v.MethodByName("Build")
	if !build.IsValid() || v.Elem().Kind() != reflect.Struct {
		if err, ok := v.Interface().(error); ok { // fx.Annotate has refused it
			return nil, err
		}
		return nil, fmt.Errorf("must be a constructor, got %T", arg)
	}
	target := v.Elem().FieldByName("Target").Interface() // before Build, which changes it
	written, err := constructor.New(target, 0)
	if err != nil {
		return nil, err
	}
	built := build.Call(nil)
	if err, _ := built[1].Interface().(error); err != nil {
		return nil, fmt.Errorf("%v: %w", written, err)
	}
	f, err := constructor.New(built[0].Interface(), written.PC())
	return &parsed{Func: f, written: written}, err
}

// check returns an error if c constructs no service, or none that can be retried
// though it should be.
func (c *parsed) check(set settings) error {
	if err := c.written.Check(c.written.Outs()); err != nil {
		return err
	}
	if set.retry == nil {
		return nil
	}
	for _, out := range c.written.Outs() {
		if kind := constructor.KindOf(out.Type); kind == constructor.Resource || kind == constructor.Open {
			return nil
		}
	}
	return fmt.Errorf("%v: a *retrier.Builder retries the start of a runner.Resource, and there is none", c)
}

// mustBuild returns what has to be asked of the container so that the servers
// that c constructs are there, and the services whose value decides.
func (c *parsed) mustBuild() []constructor.Out {
	var must []constructor.Out
	for _, out := range c.written.Outs() {
		if kind := constructor.KindOf(out.Type); kind == constructor.Server || kind == constructor.Open {
			must = append(must, c.provided(out))
		}
	}
	return must
}

// provided returns what out of the written function has become: its own type if
// that is still provided, or else the interface in its place.
func (c *parsed) provided(out constructor.Out) constructor.Out {
	at := -1
	for i, candidate := range c.Outs() {
		if candidate.Type == out.Type {
			return candidate
		}
		if at < 0 && out.Type.AssignableTo(candidate.Type) {
			at = i
		}
	}
	return c.Outs()[max(at, 0)]
}

// annotated returns target as a constructor that fx and dig name after the
// function at pc.
func annotated(target any, pc uintptr) any {
	a := fx.Annotate(target)
	v := reflect.New(reflect.TypeOf(a)).Elem()
	v.Set(reflect.ValueOf(a))
	if f := v.FieldByName("FuncPtr"); f.IsValid() && f.Kind() == reflect.Uintptr {
		f.SetUint(uint64(pc))
	}
	return v.Interface()
}
