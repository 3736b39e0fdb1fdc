package fxservices

import (
	"github.com/go-fxservices/services/internal/wiring"
	"github.com/go-fxservices/services/runner"
)

// Manage is a setting for [Provide] that says how values of a type which is no service are started and stopped:
//
//	fxservices.Provide(sql.OpenDB, fxservices.Manage(func(db *sql.DB) runner.Resource {
//		return runner.NewResource("postgres", db.PingContext, func(context.Context) error { return db.Close() })
//	}))
//
// The values stay injectable as they are, and whoever takes one starts after it and stops before it. This holds for all T that
// constructors of the same call return, with whatever names, groups and interfaces; the other settings of the call apply to the
// services. The function is called once for each instance, right after its constructor. A nil T, or one for which it returns
// nil, is not managed.
//
// S says what is always constructed: a Server or a Job is, and so is what may turn out to be one, if S is [runner.Service]; a
// Resource is constructed if something needs the T. A nil function, two of Manage for one T in one call, and one for a T that no
// constructor of the call returns, are errors of fx.New.
func Manage[T any, S runner.Service](service func(T) S) Setting {
	return Setting{wiring.Manage(service)}
}
