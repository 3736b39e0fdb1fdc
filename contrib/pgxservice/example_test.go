package pgxservice_test

import (
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/pgxpool"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/contrib/pgxservice"
	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/retrier"
	"github.com/go-fxservices/services/runner"
)

//go:embed testdata/*.sql
var files embed.FS

func ExampleConfig_Validate() {
	err := pgxservice.Config{URL: "postgres://app:secret@localhost/shop", MaxConns: -1}.Validate()
	fmt.Println(err)
	// Output: pgxservice.Config: MaxConns: it must not be negative, got -1
}

func ExampleNew() {
	db, err := pgxservice.New(pgxservice.Config{Name: "shop", URL: "postgres://app:secret@localhost/shop"})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := runner.NewRunner()
	fmt.Println("run", db.Name(), "with", r.State()) // r.Run(ctx, retrier.New().Build(db), ...)
	// Output: run shop with idle
}

type repository struct{ pool *pgxpool.Pool }

func ExampleModule() {
	migrations, err := fs.Sub(files, "testdata")
	if err != nil {
		panic(err)
	}
	newRepository := func(pool *pgxpool.Pool) *repository { return &repository{pool} }
	err = fx.ValidateApp(
		fx.Supply(pgxservice.Config{URL: "postgres://app:secret@localhost/shop", Migrations: migrations}),
		pgxservice.Module(retrier.New()), // a database that is not up yet is waited for
		fx.Provide(newRepository),
		fx.Invoke(func(*repository) {}),
		fxservices.Module(),
	)
	fmt.Println(err)
	// Output: <nil>
}
