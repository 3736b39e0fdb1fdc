package sqlservice

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/internal/clients"
	"github.com/go-fxservices/services/runner"
)

// Resource is a pool of connections to a database. Make one with [New]. It is safe for concurrent use.
type Resource struct {
	config  Config
	secrets clients.Secrets
	life    *clients.Life[*sql.DB]
}

var (
	_ runner.Resource      = (*Resource)(nil)
	_ runner.ReadyChecker  = (*Resource)(nil)
	_ runner.HealthChecker = (*Resource)(nil)
)

// New returns a Resource that is not started. It opens no connection. A Config that is not valid is an error.
func New(config Config) (*Resource, error) {
	connector, err := config.connector()
	if err != nil {
		return nil, err
	}
	r := &Resource{config: config, secrets: clients.SecretsOf(config.DSN)}
	r.life = clients.NewLife(clients.Steps[*sql.DB]{
		Open:  func(context.Context) (*sql.DB, error) { return config.open(connector), nil },
		Check: ping,
		Close: closeDB,
	})
	return r, nil
}

// Module adds a [*Resource] and its [*sql.DB] to an application that has fxservices.Module: whoever takes one of them starts after
// the database has answered, and stops before the connections are closed. The container has to provide a [Config].
//
// Settings are those of fxservices.Provide, such as retrier.New(), and fxservices.Named for a second database. An application that
// is started again after a stop has a new DB: take the Resource, and ask it for its Client.
func Module(settings ...any) fx.Option { return fxservices.ProvideClient(New, settings...) }

// Client returns the database. It can be used once the Resource is started. After Stop there is another one.
func (r *Resource) Client() *sql.DB { return r.life.Prepared() }

// Name implements [runner.Service].
func (r *Resource) Name() string { return r.config.name() }

// Start connects, and proves that the database answers.
func (r *Resource) Start(ctx context.Context) error { return r.secrets.Error(r.life.Start(ctx)) }

// Stop waits until all connections are given back, and closes them. When ctx ends first, it returns an error with the number of
// those in use: nobody but the driver can cut them off, so they end when whoever uses them does. Without a Start there is nothing
// to do.
func (r *Resource) Stop(ctx context.Context) error { return r.secrets.Error(r.life.Stop(ctx)) }

// IsReady asks the database for an answer, over a connection of the pool. When all are in use, it waits for one.
func (r *Resource) IsReady(ctx context.Context) error { return r.secrets.Error(r.life.Check(ctx)) }

// IsHealthy is [Resource.IsReady].
func (r *Resource) IsHealthy(ctx context.Context) error { return r.IsReady(ctx) }

func (c Config) open(connector driver.Connector) *sql.DB {
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(c.MaxOpen)
	if c.MaxIdle != 0 {
		db.SetMaxIdleConns(c.MaxIdle)
	}
	db.SetConnMaxLifetime(c.ConnMaxLifetime)
	return db
}
