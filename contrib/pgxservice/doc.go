// Package pgxservice runs a [*pgxpool.Pool] as a resource: connected before it counts as started, migrated, and given back at the end.
//
//	fxservices.Main(
//		fx.Provide(func() pgxservice.Config { return pgxservice.Config{URL: os.Getenv("DATABASE_URL")} }),
//		pgxservice.Module(retrier.New()),         // waits for a database that is not up yet
//		fxservices.Provide(NewRepository),        // func NewRepository(*pgxpool.Pool) *Repository
//		...
//	)
package pgxservice
