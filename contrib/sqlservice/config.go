package sqlservice

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-fxservices/services/internal/clients"
)

// Config says which database a [Resource] connects to, and how.
type Config struct {
	// Name is that of the service, in logs and errors. By default "sql".
	Name string
	// Driver is the name under which the driver has registered itself with database/sql, such as "pgx", "mysql" or "sqlite". It must be
	// given, and the program must import the driver.
	Driver string
	// DSN is the data source name, as the driver reads it: some do that in New, some in Start. It must be given.
	DSN string
	// MaxOpen is how many connections there are at most. By default, as in database/sql, there is no limit.
	MaxOpen int
	// MaxIdle is how many connections are kept that nobody uses. By default, as in database/sql, 2; less than 0 keeps none.
	MaxIdle int
	// ConnMaxLifetime is how long a connection is used. By default, as in database/sql, for ever.
	ConnMaxLifetime time.Duration
}

// Validate returns an error that names the field which is wrong. It shows no password.
func (c Config) Validate() error {
	_, err := c.connector()
	return err
}

func (c Config) name() string { return cmp.Or(c.Name, "sql") }

// connector returns what opens connections.
func (c Config) connector() (driver.Connector, error) {
	fail := func(field string, err error) error {
		return fmt.Errorf("sqlservice.Config: %s: %w", field, clients.SecretsOf(c.DSN).Error(err))
	}
	switch {
	case c.Driver == "":
		return nil, fail("Driver", errors.New("it must be given"))
	case !slices.Contains(sql.Drivers(), c.Driver):
		return nil, fail("Driver", fmt.Errorf("no driver %q is registered, only %s: import its package", c.Driver,
			cmp.Or(strings.Join(sql.Drivers(), ", "), "none")))
	case c.DSN == "":
		return nil, fail("DSN", errors.New("it must be given"))
	case c.MaxOpen < 0:
		return nil, fail("MaxOpen", fmt.Errorf("it must not be negative, got %d", c.MaxOpen))
	case c.ConnMaxLifetime < 0:
		return nil, fail("ConnMaxLifetime", fmt.Errorf("it must not be negative, got %v", c.ConnMaxLifetime))
	}
	connector, err := connectorOf(c.Driver, c.DSN)
	if err != nil {
		return nil, fail("DSN", err)
	}
	return connector, nil
}

// connectorOf does what [sql.Open] does. Open tells what is wrong with a DSN only where the driver is a [driver.DriverContext].
func connectorOf(name, dsn string) (driver.Connector, error) {
	db, err := sql.Open(name, dsn)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if d, ok := db.Driver().(driver.DriverContext); ok {
		return d.OpenConnector(dsn)
	}
	return plain{dsn, db.Driver()}, nil
}

// plain is a connector of a driver that has none.
type plain struct {
	dsn    string
	driver driver.Driver
}

// Connect implements [driver.Connector].
func (p plain) Connect(context.Context) (driver.Conn, error) { return p.driver.Open(p.dsn) }

// Driver implements [driver.Connector].
func (p plain) Driver() driver.Driver { return p.driver }
