package fxservices_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/fx"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/observers"
	"github.com/go-fxservices/services/runner"
)

// unmanagedIn returns what Run tells Observers of services that nothing starts, in an application of opts that ends at once.
func unmanagedIn(t *testing.T, opts ...fx.Option) (told []string) {
	t.Helper()
	j := &journal{}
	require.NoError(t, j.runAll(t, module(), fx.Options(opts...),
		fx.Invoke(func(down fx.Shutdowner) error { return down.Shutdown() }),
		fxservices.Observe(&observers.Funcs{OnServiceUnmanaged: func(_ context.Context, constructor, mend string) {
			told = append(told, constructor+": "+mend)
		}})))
	return told
}

type (
	pooled  struct{ *DB }
	storage struct{ runner.Resource }
)

// newHooked is a constructor that starts what it constructs.
func newHooked(j *journal, lc fx.Lifecycle) *DB {
	db := NewDB(j)
	lc.Append(fx.Hook{OnStart: func(ctx context.Context) error { return db.Start(ctx) }})
	return db
}

func TestUnmanaged(t *testing.T) {
	const mend = ": give the constructor to fxservices.Provide instead of fx.Provide"
	told := func(constructor any) []string {
		return []string{nameAndLocation(constructor) + mend}
	}

	t.Run("is told of what plain fx.Provide constructs, and nothing starts", func(t *testing.T) {
		newAny := func(j *journal) runner.Server { return NewAPI(j) }
		for constructor, opt := range map[any]fx.Option{
			location(NewDB):     fx.Options(fx.Provide(NewDB), needing[*DB]()),
			location(NewAPI):    fx.Provide(NewAPI), // nothing needs it, so it is never constructed
			location(NewImport): fx.Options(fx.Provide(NewImport), fxservices.Provide(NewDB)),
			location(NewAdmin):  fx.Module("inner", fx.Module("innermost", fx.Provide(fx.Annotate(NewAdmin, fx.As(new(Named)))))),
			location(NewQueue):  fx.Provide(fx.Annotated{Name: "main", Target: NewQueue}),
			location(newAny):    fx.Provide(newAny, fx.Private),
		} {
			all := unmanagedIn(t, opt)
			require.Len(t, all, 1, constructor)
			require.Contains(t, all[0], constructor)
			require.Contains(t, all[0], mend)
		}
		require.Equal(t, told(NewDB), unmanagedIn(t, fx.Provide(NewDB), fxservices.Provide(NewCache, NewChain)), "who needs it does not start it")
	})

	t.Run("is told of what plain fx.Supply got", func(t *testing.T) {
		require.Equal(t, []string{"fx.Supply of a *fxservices_test.DB: give it to fxservices.Supply instead of fx.Supply"},
			unmanagedIn(t, fx.Supply(NewDB(&journal{}))))
	})

	t.Run("is not told of what is started", func(t *testing.T) {
		for name, opt := range map[string]fx.Option{
			"by Provide":                     fxservices.Provide(NewDB, NewAPI),
			"by Supply":                      fxservices.Supply(NewDB(&journal{})),
			"by Register":                    fx.Options(fx.Provide(NewDB), fx.Invoke(fxservices.Register[*DB])),
			"as an interface":                fx.Options(fx.Provide(NewDB), fxservices.Provide(func(db *DB) runner.Service { return db })),
			"in a wrapper":                   fx.Options(fx.Provide(NewDB), fxservices.Provide(func(db *DB) *pooled { return &pooled{db} }), needing[*pooled]()),
			"in an interface":                fx.Options(fx.Provide(NewDB), fxservices.Provide(func(db *DB) *storage { return &storage{db} }), needing[*storage]()),
			"by its constructor":             fx.Options(fx.Provide(newHooked), needing[*DB]()),
			"by fx.OnStart":                  fx.Provide(fx.Annotate(NewDB, fx.OnStart(func(context.Context, *DB) error { return nil }))),
			"by a method of it":              fx.Options(fx.Provide(NewDB), fx.Invoke(func(in hookIn) { in.Lifecycle.Append(fx.StartStopHook(in.DB.Start, in.DB.Stop)) })),
			"by somebody's Invoke":           fx.Options(fx.Provide(NewDB), fx.Invoke(func(fx.Lifecycle, *DB) {})),
			"in its place":                   fx.Options(fx.Provide(NewDB), fx.Replace(NewDB(&journal{}))),
			"by nobody, as it is no service": fx.Provide(func() string { return "" }),
		} {
			require.Empty(t, unmanagedIn(t, opt), name)
		}
	})

	t.Run("is logged by the Observers, and without one by log/slog", func(t *testing.T) {
		core, logs := observer.New(zapcore.InfoLevel)
		stops := fx.Invoke(func(down fx.Shutdowner) error { return down.Shutdown() })
		j := &journal{}
		require.NoError(t, j.runAll(t, module(), fx.Provide(NewAPI), stops, fxservices.Observe(observers.NewZap(zap.New(core)))))
		lines := logs.FilterMessage("service not managed").All()
		require.Len(t, lines, 1)
		require.Equal(t, zapcore.WarnLevel, lines[0].Level)
		require.Contains(t, lines[0].ContextMap()["constructor"], location(NewAPI))

		var out bytes.Buffer
		before := slog.Default()
		slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
		defer slog.SetDefault(before)
		require.NoError(t, j.runAll(t, module(), fx.Provide(NewAPI), stops))
		require.Contains(t, out.String(), `level=WARN msg="service not managed" constructor="`+nameAndLocation(NewAPI))
	})
}

type hookIn struct {
	fx.In
	Lifecycle fx.Lifecycle
	DB        *DB
}
