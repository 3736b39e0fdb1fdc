// Package sqlservice runs a [*sql.DB] of any driver as a resource: connected before it counts as started, and given back at the end.
//
//	import _ "modernc.org/sqlite"
//
//	fxservices.Main(
//		fx.Supply(sqlservice.Config{Driver: "sqlite", DSN: "file:shop.db"}),
//		sqlservice.Module(retrier.New()),        // waits for a database that is not up yet
//		fxservices.Provide(NewRepository),       // func NewRepository(*sql.DB) *Repository
//		...
//	)
package sqlservice
