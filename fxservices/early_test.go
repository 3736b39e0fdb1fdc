package fxservices_test

import (
	"testing"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/runner"
)

// Store is a plain value. Its constructor appends a hook for the DB that it got.
type Store struct{ name string }

func newHookedStore(lc fx.Lifecycle, s *stage, db *DB) *Store {
	name := "store of " + db.Name()
	lc.Append(s.hook(name, db.Name()))
	return &Store{name}
}

// newSometimesHooked appends a hook for one DB only.
func newSometimesHooked(lc fx.Lifecycle, s *stage, db *DB) *Store {
	if db.Name() == "db of a" {
		lc.Append(s.hook("store", db.Name()))
	}
	return &Store{db.Name()}
}

func dbCalled(name string) func(*stage) *DB {
	return func(s *stage) *DB { return &DB{s.resource(name)} }
}

// client makes a service that needs a T and says which parts have to be up.
func client[T any](name string, needs ...string) func(*stage, T) *Cache {
	return func(s *stage, _ T) *Cache { return &Cache{s.resource(name, needs...)} }
}

func labelled(param, result string, constructor any) any {
	return fx.Annotate(constructor, fx.ParamTags("", "", param), fx.ResultTags(result))
}

func TestTwinsNeverStartEarly(t *testing.T) {
	slow := fxservices.Provide(
		fx.Annotate(dbCalled("slower"), fx.ResultTags(`name:"slower"`)),
		fx.Annotate(func(s *stage, _ *DB) *DB { return &DB{s.resource("slow", "slower")} }, fx.ParamTags("", `name:"slower"`), fx.ResultTags(`name:"slow"`)),
		fx.Annotate(func(s *stage, _ *DB) *DB { return &DB{s.resource("x", "slow")} }, fx.ParamTags("", `name:"slow"`), fx.ResultTags(`name:"x"`)),
		dbCalled("plain"),
	)
	use := []fx.Option{
		fxservices.Provide(
			fx.Annotate(client[*Store]("a", "store of plain"), fx.ResultTags(`name:"a"`)),
			fx.Annotate(client[*Store]("b", "store of x"), fx.ParamTags("", `name:"x"`), fx.ResultTags(`name:"b"`)),
		),
	}
	needA, needB := invoke(func(*Cache) {}, `name:"a"`), invoke(func(*Cache) {}, `name:"b"`)
	twin := labelled(`name:"x"`, `name:"x"`, newHookedStore)
	for name, constructors := range map[string][]any{
		"a plain constructor and an annotated one": {newHookedStore, twin},
		"an annotated constructor and a plain one": {twin, newHookedStore},
		"two annotated constructors":               {twin, fx.Annotate(newHookedStore, fx.As(fx.Self()))},
		"one in fx.Annotated":                      {twin, fx.Annotated{Target: newHookedStore}},
	} {
		provide := fx.Provide(constructors...)
		neverEarly(t, name, slow, provide, fx.Options(use...), needA, needB)
		neverEarly(t, name+", the other first", slow, provide, fx.Options(use...), needB, needA)
		neverEarly(t, name+", needed together", slow, provide, invoke(func(_, _ *Store) {}, "", `name:"x"`), fx.Options(use...), needB, needA)
		neverEarly(t, name+", needed together, the other first", slow, provide, invoke(func(_, _ *Store) {}, `name:"x"`, ""), fx.Options(use...), needB, needA)
	}
	neverEarly(t, "an invoked one and a provided one", slow, fx.Provide(newHookedStore),
		fx.Invoke(fx.Annotate(func(lc fx.Lifecycle, s *stage, db *DB) { newHookedStore(lc, s, db) }, fx.ParamTags("", "", `name:"x"`))),
		fxservices.Provide(client[*Store]("a", "store of plain")), needing[*Cache]())
	neverEarly(t, "the same function, invoked and provided", slow, fx.Provide(newHookedStore),
		fx.Invoke(fx.Annotate(newHookedStore, fx.ParamTags("", "", `name:"x"`))),
		fxservices.Provide(client[*Store]("a", "store of plain")), needing[*Cache]())
}

// tenant is a module with private dependencies of its own.
func tenant(name string, opts ...fx.Option) fx.Option {
	return fx.Module(name, fxservices.Provide(dbCalled("db of "+name), fx.Private), fx.Options(opts...))
}

func TestTwinsInModulesNeverStartEarly(t *testing.T) {
	clientOf := func(name string, needs ...string) fx.Option {
		return fxservices.Provide(annotated(`name:"`+name+`"`, client[*Store]("client of "+name, needs...)))
	}
	private := fx.Provide(newSometimesHooked, fx.Private)
	a := tenant("a", private, clientOf("a", "db of a", "store"))
	b := tenant("b", private, clientOf("b", "db of b"))
	needs := []fx.Option{invoke(func(*Cache) {}, `name:"a"`), invoke(func(*Cache) {}, `name:"b"`)}
	neverEarly(t, "one of which appends no hook", a, b, needs[0], needs[1])
	neverEarly(t, "one of which appends no hook, the other first", a, b, needs[1], needs[0])

	newMaybe := func(s *stage, db *DB) *Queue {
		if db.Name() == "db of a" {
			return &Queue{s.resource("queue", "db of a")}
		}
		return nil
	}
	queueOf := func(name string, needs ...string) fx.Option {
		return tenant(name, fxservices.Provide(newMaybe, fx.Private),
			fxservices.Provide(annotated(`name:"`+name+`"`, client[*Queue]("client of "+name, needs...))))
	}
	a, b = queueOf("a", "queue", "db of a"), queueOf("b", "db of b")
	neverEarly(t, "one of which returns nil", a, b, needs[0], needs[1])
	neverEarly(t, "one of which returns nil, the other first", a, b, needs[1], needs[0])
	neverEarly(t, "that take each other's group",
		tenant("a", fxservices.Provide(fx.Annotate(newMaybe, fx.ResultTags(`group:"q"`)))),
		tenant("b", fxservices.Provide(fx.Annotate(newMaybe, fx.ResultTags(`group:"q"`)))),
		fxservices.Provide(fx.Annotate(client[[]*Queue]("all", "queue", "db of a", "db of b"), fx.ParamTags("", `group:"q"`))), needing[*Cache]())
}

func TestRegisteredNeverStartsEarly(t *testing.T) {
	decorate := fx.Decorate(func(s *stage, _ *DB, _ *Queue) *DB { return &DB{s.resource("decorated", "queue")} })
	queue := fxservices.Provide(func(s *stage) *Queue { return &Queue{s.resource("queue")} })
	register := fx.Invoke(fxservices.Register[*DB])
	neverEarly(t, "a decorated service", fx.Provide(dbCalled("db")), decorate, queue, register)
	neverEarly(t, "a decorated service that another takes", fx.Provide(dbCalled("db")), decorate, queue, register,
		fxservices.Provide(client[*DB]("client", "decorated")), needing[*Cache]())
	neverEarly(t, "a service whose constructor is managed, and decorated", fxservices.Provide(dbCalled("db")), decorate, queue, register,
		fxservices.Provide(client[*DB]("client", "db", "decorated")), needing[*Cache]())

	own := func(name string, opts ...fx.Option) fx.Option {
		newDB := func(s *stage, _ *Queue) *DB { return &DB{s.resource("db of "+name, "queue of "+name)} }
		return fx.Module(name, fxservices.Provide(func(s *stage) *Queue { return &Queue{s.resource("queue of " + name)} }, fx.Private),
			fx.Provide(newDB, fx.Private), fx.Options(opts...),
			fxservices.Provide(fx.Annotate(client[*DB]("client of "+name, "queue of "+name), fx.ResultTags(`name:"`+name+`"`))))
	}
	inA, inB := invoke(func(*Cache) {}, `name:"a"`), invoke(func(*Cache) {}, `name:"b"`)
	neverEarly(t, "in one of two modules", own("a", register), own("b"), inA, inB)
	neverEarly(t, "in the other of two modules", own("a"), own("b", register), inA, inB)
	neverEarly(t, "in one of two modules, the other first", own("a", register), own("b"), inB, inA)
}

func TestOneInstanceUnderTwoTypesNeverStartsEarly(t *testing.T) {
	library := fx.Provide(dbCalled("db"))
	use := fxservices.Provide(client[*DB]("client", "db"))
	managed := func(constructor any) fx.Option {
		return fx.Options(library, fxservices.Provide(constructor), needing[Storage](), use, needing[*Cache]())
	}
	neverEarly(t, "of a library", managed(func(db *DB) Storage { return db }))
	neverEarly(t, "of a library, wrapped", fx.Options(library, use, needing[*stage](),
		fxservices.Provide(func(db *DB) runner.Service { return runner.With(db, runner.StopTimeout(1)) }), needing[runner.Service](), needing[*Cache]()))
	neverEarly(t, "of a library, through another type", fx.Provide(func(db *DB) Named { return db }),
		managed(func(named Named) Storage { return named.(Storage) }))
	neverEarly(t, "of a library, in a struct", fx.Provide(func(db *DB) *libraries { return &libraries{db} }),
		managed(func(l *libraries) Storage { return l.db }))
	neverEarly(t, "of a library, that plain constructors pass on", fx.Provide(func(db *DB) *Store { return &Store{db.Name()} }),
		library, fxservices.Provide(func(db *DB) Storage { return db }, client[*Store]("client", "db")), needing[Storage](), needing[*Cache]())
	neverEarly(t, "of a library, registered under another type", library, fx.Provide(func(db *DB) Storage { return db }),
		fx.Invoke(fxservices.Register[Storage]), use, needing[*Cache]())
	neverEarly(t, "of a library, named", fx.Provide(annotated(`name:"lib"`, dbCalled("db"))),
		fxservices.Provide(fx.Annotate(func(db *DB) Storage { return db }, fx.ParamTags(`name:"lib"`))), needing[Storage](),
		fxservices.Provide(fx.Annotate(client[*DB]("client", "db"), fx.ParamTags("", `name:"lib"`))), needing[*Cache]())
	neverEarly(t, "of a library, grouped", fx.Provide(annotated(`group:"lib"`, dbCalled("db"))),
		fxservices.Provide(fx.Annotate(func(dbs []*DB) Storage { return dbs[0] }, fx.ParamTags(`group:"lib"`))), needing[Storage](),
		fxservices.Provide(fx.Annotate(client[[]*DB]("client", "db"), fx.ParamTags("", `group:"lib"`))), needing[*Cache]())
	db := &DB{runner.NewResource("existing", nil, nil)}
	neverEarly(t, "supplied twice", fx.Supply(fx.Annotate(db, fx.As(new(Storage)))), fxservices.Supply(db),
		fxservices.Provide(client[Storage]("client")), needing[*Cache]())
}

// Storage is a DB or the like.
type Storage interface{ runner.Resource }

type libraries struct{ db *DB }
