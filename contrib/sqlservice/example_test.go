//go:build unix

package sqlservice_test

import (
	"context"
	"database/sql"
	"fmt"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/contrib/sqlservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

func ExampleConfig_Validate() {
	fmt.Println(sqlservice.Config{Driver: "sqlite", DSN: "file:shop.db", MaxOpen: -1}.Validate())
	// Output: sqlservice.Config: MaxOpen: it must not be negative, got -1
}

func ExampleNew() {
	db, err := sqlservice.New(sqlservice.Config{Driver: "sqlite", DSN: "file:example?mode=memory"})
	if err != nil {
		fmt.Println(err)
		return
	}
	count := runner.NewJob("count", func(ctx context.Context) error {
		var n int
		defer func() { fmt.Println("counted to", n) }()
		return db.Client().QueryRowContext(ctx, "SELECT 1 + 1").Scan(&n)
	})
	r, ctx := runner.NewRunner(), context.Background()
	fmt.Println(r.Run(ctx, db, count), r.Finish(ctx))
	// Output:
	// counted to 2
	// <nil> <nil>
}

func ExampleModule() {
	err := fx.ValidateApp(
		fx.Supply(sqlservice.Config{Driver: "sqlite", DSN: "file:shop.db"}),
		sqlservice.Module(retrier.New()), // a database that is not up yet is waited for
		fx.Invoke(func(*sql.DB) {}),
		fxservices.Module(),
	)
	fmt.Println(err)
	// Output: <nil>
}
