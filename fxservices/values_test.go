package fxservices_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// Worker is a service that is a value. It cannot be compared if it has tags.
type Worker struct {
	*stage
	part string
}

func (w Worker) Name() string                    { return w.part }
func (w Worker) Start(ctx context.Context) error { return w.start(w.part)(ctx) }
func (w Worker) Stop(context.Context) error      { return nil }

// Tagged is a value that cannot be compared.
type Tagged struct {
	Worker
	tags []string
}

// Job is a function.
type Func func(string)

func (Func) Name() string                  { return "func" }
func (f Func) Start(context.Context) error { f("func"); return nil }
func (Func) Stop(context.Context) error    { return nil }

// Empty is a service whose pointers may all be equal. It needs no state: there is one stage.
type Empty struct{}

var emptyStage *stage

func (*Empty) Name() string                    { return "empty" }
func (*Empty) Start(ctx context.Context) error { return emptyStage.start("empty")(ctx) }
func (*Empty) Stop(context.Context) error      { return nil }

func newWorker(s *stage) Worker { return Worker{s, "worker"} }
func newTagged(s *stage) Tagged { return Tagged{newWorker(s), []string{"tag"}} }
func newEmpty(s *stage) *Empty {
	emptyStage = s
	return &Empty{}
}

func TestAValueStartsOnce(t *testing.T) {
	valueStartsOnce(t, "that can be compared", newWorker)
	valueStartsOnce(t, "that cannot be compared", newTagged)
	valueStartsOnce(t, "that is a pointer to nothing", newEmpty)
}

// valueStartsOnce provides one instance under two types, in all ways. A client needs both.
func valueStartsOnce[T runner.Resource](t *testing.T, name string, construct func(*stage) T) {
	part := "worker"
	if _, empty := any(*new(T)).(*Empty); empty {
		part = "empty"
	}
	use := fx.Options(fxservices.Provide(client[T]("one", part), fx.Annotate(client[Storage]("two", part), fx.ResultTags(`name:"two"`))),
		needing[*Cache](), invoke(func(*Cache) {}, `name:"two"`))
	pass := func(value T) Storage { return value }
	starts(t, name+", by fx.As", 3, fxservices.Provide(fx.Annotate(construct, fx.As(fx.Self()), fx.As(new(Storage)))), use)
	starts(t, name+", by fx.Out", 3, fxservices.Provide(func(s *stage) (T, Storage) {
		value := construct(s)
		return value, value
	}), use)
	starts(t, name+", by a second constructor", 3, fxservices.Provide(construct, pass), use)
	starts(t, name+", by a second constructor, wrapped", 3, fxservices.Provide(construct, retrier.New()),
		fxservices.Provide(func(value T) Storage { return value }, runner.StopTimeout(time.Second)), use)
	starts(t, name+", by a plain constructor", 3, fxservices.Provide(construct), fx.Provide(pass), use)
	starts(t, name+", of a library", 3, fx.Provide(construct), fxservices.Provide(pass), needing[Storage](), use)
	starts(t, name+", registered twice", 3, fx.Provide(construct, pass),
		fx.Invoke(fxservices.Register[T]), fx.Invoke(fxservices.Register[Storage]), use)
	starts(t, name+", provided and registered", 3, fxservices.Provide(construct), fx.Provide(pass), needing[T](),
		fx.Invoke(fxservices.Register[Storage]), use)
}

// starts requires that so many parts start.
func starts(t *testing.T, name string, n int, opts ...fx.Option) {
	t.Helper()
	neverEarly(t, fmt.Sprintf("%s: %d", name, n), append(opts, fx.Invoke(func(lc fx.Lifecycle, s *stage) {
		lc.Append(fx.StopHook(func() error {
			if len(s.starts) != n {
				return fmt.Errorf("%d parts have started: %v", len(s.starts), s.starts)
			}
			return nil
		}))
	}))...)
}

func TestValuesThatAreEqual(t *testing.T) {
	newB := func(s *stage, _ *Cache) Worker { return newWorker(s) }
	starts(t, "are several services, of which one may need another", 3,
		fxservices.Provide(annotated(`name:"a"`, newWorker), annotated(`name:"b"`, newB)),
		fxservices.Provide(fx.Annotate(client[Worker]("client", "worker"), fx.ParamTags("", `name:"a"`))),
		invoke(func(Worker) {}, `name:"b"`))
	newTaggedB := func(s *stage, _ *Cache) Tagged { return newTagged(s) }
	starts(t, "and cannot be compared, are several services", 3,
		fxservices.Provide(annotated(`name:"a"`, newTagged), annotated(`name:"b"`, newTaggedB)),
		fxservices.Provide(fx.Annotate(client[Tagged]("client", "worker"), fx.ParamTags("", `name:"a"`))),
		invoke(func(Tagged) {}, `name:"b"`))
	starts(t, "are found behind a wrapper that makes new ones", 2,
		fxservices.Provide(func(s *stage) runner.Service { return &unwraps{newTagged(s)} }, client[runner.Service]("client", "worker")), needing[*Cache]())
}

// unwraps is a wrapper whose Unwrap puts the value into a new interface value each time.
type unwraps struct{ tagged Tagged }

func (u *unwraps) Name() string           { return "wrapper" }
func (u *unwraps) Unwrap() runner.Service { return u.tagged }
