package fxservices_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

// Constructors of which no application can be built.
func NewBroken() (*API, error)          { return nil, errBoom }
func NewBrokenCache() (*Cache, error)   { return nil, errBoom }
func NewIncomplete(*Config) *API        { return nil }
func NewFirst(*journal) *API            { return nil }
func NewSecond(*journal) *API           { return nil }
func NewCircle(*DB) *API                { return nil }
func NewCircleBack(*API) *DB            { return nil }
func NewPanicking() *API                { panic("oops") }
func NewConfig() (*Config, error)       { return nil, nil }
func NewNothing(*journal) error         { return nil }
func NewBoth() *both                    { return nil }
func NewEverything() (*Config, int, *T) { return nil, 0, nil }

// T is no service.
type T struct{}

// building returns the errors of an application of opts that cannot be built,
// by each way to build one.
func building(opts ...fx.Option) map[string]error {
	opts = append(opts, fx.NopLogger, fx.Supply(&journal{}), module())
	return map[string]error{
		"fx.New": fx.New(opts...).Err(),
		"Run":    fxservices.Run(context.Background(), opts...),
	}
}

// both annotations at once.
func annotatedMain(v any) any {
	return fx.Annotate(v, fx.As(new(Named)), fx.ResultTags(`name:"main"`))
}

func TestErrorsOfBuilding(t *testing.T) {
	main := annotatedMain
	back := fx.Annotate(NewCircleBack, fx.ParamTags(`name:"main"`))
	circle := fx.Annotate(NewCircle, fx.ResultTags(`name:"main"`))
	for _, class := range []struct {
		name     string
		provide  fx.Option
		says     string
		culprits []any
	}{
		{"fails", fxservices.Provide(NewBroken), "boom", []any{NewBroken}},
		{"fails, annotated", fxservices.Provide(main(NewBroken)), "boom", []any{NewBroken}},
		{"fails, for another", fxservices.Provide(NewChain, NewBrokenCache), "boom", []any{NewChain, NewBrokenCache}},
		{"misses", fxservices.Provide(NewIncomplete), "missing type: *fxservices_test.Config", []any{NewIncomplete}},
		{"misses, annotated", fxservices.Provide(main(NewIncomplete)), "missing type: *fxservices_test.Config", []any{NewIncomplete}},
		{"repeats", fxservices.Provide(NewFirst, NewSecond), "already provided", []any{NewFirst, NewSecond}},
		{"repeats, annotated", fxservices.Provide(main(NewFirst), main(NewSecond)), "already provided", []any{NewFirst, NewSecond}},
		{"repeats plain fx", fx.Options(fx.Provide(NewFirst), fxservices.Provide(NewSecond)), "already provided", []any{NewFirst, NewSecond}},
		{"is in a cycle", fxservices.Provide(NewCircle, NewCircleBack), "cycle detected", []any{NewCircle, NewCircleBack}},
		{"is in a cycle, annotated", fxservices.Provide(circle, back), "cycle detected", []any{NewCircle, NewCircleBack}},
		{"panics", fx.Options(fx.RecoverFromPanics(), fxservices.Provide(NewPanicking)), `panic: "oops"`, []any{NewPanicking}},
		{"panics, annotated", fx.Options(fx.RecoverFromPanics(), fxservices.Provide(main(NewPanicking))), `panic: "oops"`, []any{NewPanicking}},
	} {
		for by, err := range building(class.provide) {
			t.Run("name the constructor that "+class.name+" by "+by, func(t *testing.T) {
				require.ErrorContains(t, err, class.says)
				for _, culprit := range class.culprits {
					require.ErrorContains(t, err, "("+location(culprit)+")")
				}
				require.Equal(t, 1, fxservices.ExitCode(err))
			})
		}
	}

	t.Run("are those of the constructors", func(t *testing.T) {
		for _, err := range building(fxservices.Provide(NewBroken)) {
			require.ErrorIs(t, err, errBoom)
		}
	})

	t.Run("leave a panic alone that is not recovered", func(t *testing.T) {
		require.PanicsWithValue(t, "oops", func() { building(fxservices.Provide(NewPanicking)) })
	})
}

func TestErrorsOfProvide(t *testing.T) {
	t.Run("name the constructor, file and line of what is no service", func(t *testing.T) {
		for want, constructor := range map[string]any{
			"NewConfig (" + location(NewConfig) + ") returns *fxservices_test.Config":                                  NewConfig,
			"NewNothing (" + location(NewNothing) + ") returns nothing":                                                NewNothing,
			"NewEverything (" + location(NewEverything) + ") returns *fxservices_test.Config, int, *fxservices_test.T": fx.Annotate(NewEverything, fx.As(new(any))),
		} {
			for _, err := range building(fxservices.Provide(constructor)) {
				require.ErrorIs(t, err, runner.ErrInvalidServiceType)
				require.ErrorContains(t, err, want)
				require.ErrorContains(t, err, "neither a runner.Resource nor a runner.Server")
			}
		}
	})

	t.Run("name the constructor, file and line of what is a Resource and a Server", func(t *testing.T) {
		err := refusal(t, fxservices.Provide(NewBoth))
		require.ErrorIs(t, err, runner.ErrInvalidServiceType)
		require.ErrorContains(t, err, "NewBoth ("+location(NewBoth)+") returns *fxservices_test.both")
		require.ErrorContains(t, err, "both a Resource and a Server")
	})

	t.Run("name the constructor of annotations that fx refuses", func(t *testing.T) {
		for says, annotated := range map[string]any{
			"fx.As: argument must be a pointer to an interface":    fx.Annotate(NewAPI, fx.As(1)),
			"*fxservices_test.API does not implement fx.Lifecycle": fx.Annotate(NewAPI, fx.As(new(fx.Lifecycle))),
		} {
			err := refusal(t, fxservices.Provide(annotated))
			require.ErrorContains(t, err, says)
			require.ErrorContains(t, err, "NewAPI ("+location(NewAPI)+")")
		}
	})

	t.Run("say what is no constructor", func(t *testing.T) {
		for says, arg := range map[string]any{
			"argument 2 is nil":                                     nil,
			"must be a constructor, got int":                        3,
			"must be a constructor, got func() *fxservices_test.DB": (func() *DB)(nil),
			"must be a constructor, got *fxservices_test.API":       &API{},
			"must be a constructor, got retrier.Builder":            *retrier.New(),
			"must be a constructor, got *errors.errorString":        errBoom,
			"must be a constructor, got string":                     fx.Annotate("NewAPI"),
			"argument 2 is an fx.Option":                            fx.Provide(NewAPI),
		} {
			err := refusal(t, fxservices.Provide(NewAdmin, arg))
			require.ErrorContains(t, err, "fxservices.Provide: ")
			require.ErrorContains(t, err, says)
		}
	})

	t.Run("are all told", func(t *testing.T) {
		err := refusal(t, fxservices.Provide(NewConfig, NewNothing), fxservices.Provide(nil))
		require.ErrorContains(t, err, "NewConfig")
		require.ErrorContains(t, err, "NewNothing")
		require.ErrorContains(t, err, "argument 1 is nil")
	})

	t.Run("refuse to retry a Server", func(t *testing.T) {
		err := refusal(t, fxservices.Provide(NewAPI, retrier.New()))
		require.ErrorContains(t, err, "NewAPI ("+location(NewAPI)+")")
		require.ErrorContains(t, err, "a *retrier.Builder retries the start of a runner.Resource, and there is none")
	})
}
