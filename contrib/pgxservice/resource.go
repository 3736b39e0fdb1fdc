package pgxservice

import (
	"context"
	"fmt"
	"io/fs"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"go.uber.org/fx"

	"github.com/go-fxservices/services/fxservices"
	"github.com/go-fxservices/services/internal/clients"
	"github.com/go-fxservices/services/runner"
)

// Resource is a pool of connections to a PostgreSQL database. Make one with [New]. It is safe for concurrent use.
type Resource struct {
	config  Config
	secrets clients.Secrets
	life    *clients.Life[*pool]
}

var (
	_ runner.Resource      = (*Resource)(nil)
	_ runner.ReadyChecker  = (*Resource)(nil)
	_ runner.HealthChecker = (*Resource)(nil)
)

// New returns a Resource that is not started. It opens no connection. A Config that is not valid is an error.
func New(config Config) (*Resource, error) {
	pooled, err := config.pool()
	if err != nil {
		return nil, err
	}
	r := &Resource{config: config, secrets: clients.SecretsOf(config.URL)}
	r.life = clients.NewLife(clients.Steps[*pool]{
		Open:  func(context.Context) (*pool, error) { return newPool(pooled.Copy()) },
		Check: func(ctx context.Context, p *pool) error { return p.ping(ctx) },
		Start: func(ctx context.Context, p *pool) error { return p.start(ctx, config.Migrations) },
		Close: func(ctx context.Context, p *pool) error { return p.close(ctx) },
	})
	return r, nil
}

// Module adds a [*Resource] and its [*pgxpool.Pool] to an application that has fxservices.Module: whoever takes one of them starts
// after the pool is connected, and stops before it is closed. The container has to provide a [Config].
//
// Settings are those of fxservices.Provide, such as retrier.New(), and fxservices.Named for a second database. An application that
// is started again after a stop has a new pool: take the Resource, and ask it for its Client.
func Module(settings ...any) fx.Option { return fxservices.ProvideClient(New, settings...) }

// Client returns the pool. It can be used once the Resource is started; before that its connections are refused. After Stop there is
// another one.
func (r *Resource) Client() *pgxpool.Pool { return r.life.Prepared().pool }

// Name implements [runner.Service].
func (r *Resource) Name() string { return r.config.name() }

// Start connects, proves that the database answers, and applies the migrations that it does not have yet. Where several programs
// migrate one database at the same time, one does, and the others wait. A migration that fails is rolled back, and its error names
// the file; those before it stay.
func (r *Resource) Start(ctx context.Context) error { return r.secrets.Error(r.life.Start(ctx)) }

// Stop waits until all connections are given back, and closes them. When ctx ends first, it cuts them off, and returns an error with
// the number of those that were in use. Without a Start there is nothing to do.
func (r *Resource) Stop(ctx context.Context) error { return r.secrets.Error(r.life.Stop(ctx)) }

// IsReady asks the database for an answer, over a connection of the pool. When all are in use, it waits for one.
func (r *Resource) IsReady(ctx context.Context) error { return r.secrets.Error(r.life.Check(ctx)) }

// IsHealthy is [Resource.IsReady].
func (r *Resource) IsHealthy(ctx context.Context) error { return r.IsReady(ctx) }

// pool is a pool whose connections can be cut off.
type pool struct {
	pool  *pgxpool.Pool
	conns clients.Conns
	isUp  atomic.Bool // connections are opened from Start on: a pool with MinConns does so by itself
}

var errNotStarted = fmt.Errorf("connect: %w", runner.ErrNotStarted)

func newPool(config *pgxpool.Config) (*pool, error) {
	p := &pool{}
	config.ConnConfig.DialFunc = p.conns.Dial(config.ConnConfig.DialFunc)
	config.BeforeConnect = func(context.Context, *pgx.ConnConfig) error {
		if !p.isUp.Load() {
			return errNotStarted
		}
		return nil
	}
	var err error
	p.pool, err = pgxpool.NewWithConfig(context.Background(), config)
	return p, err
}

func (p *pool) ping(ctx context.Context) error {
	if err := p.pool.Ping(ctx); err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	return nil
}

// start connects, and migrates.
func (p *pool) start(ctx context.Context, migrations fs.FS) error {
	p.isUp.Store(true)
	if err := p.ping(ctx); err != nil || migrations == nil {
		return err
	}
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	session := conn.Hijack()
	defer session.Close(ctx) // which gives the lock back
	if err := migrate(ctx, session, migrations); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// close waits for the connections that are in use, until ctx ends.
func (p *pool) close(ctx context.Context) error {
	used := 0
	err := clients.Bounded(ctx, "close", func() error { p.pool.Close(); return nil }, func() {
		used = int(p.pool.Stat().AcquiredConns())
		p.conns.Cut()
	})
	if err == nil || used == 0 {
		return err
	}
	return fmt.Errorf("%w: connections in use: %d", err, used)
}
