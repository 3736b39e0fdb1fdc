package main

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"

	sqlitedriver "modernc.org/sqlite"
	sqlitecode "modernc.org/sqlite/lib"
)

// sqliteSchema always writes something: a file that cannot be written is found
// at the start, even where the table exists.
const sqliteSchema = `CREATE TABLE IF NOT EXISTS links (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	id  TEXT NOT NULL UNIQUE,
	url TEXT NOT NULL
);
PRAGMA user_version = 1`

// sqlite takes the path of a file.
func sqlite(path string) (*database, error) {
	if path == "" {
		return nil, errors.New("sqlite: needs the path of a file")
	}
	database := sqliteURI("file:" + (&url.URL{Path: path}).EscapedPath())
	database.name = fmt.Sprintf("SQLite database %q", path)
	return database, nil
}

// sqliteURI takes what SQLite calls a URI filename.
func sqliteURI(uri string) *database {
	path, query, _ := strings.Cut(uri, "?")
	values, _ := url.ParseQuery(query)
	values.Add("_pragma", "busy_timeout(5000)")
	values.Set("_txlock", "immediate")
	return &database{
		name:    fmt.Sprintf("SQLite database %q", uri),
		open:    func() *sql.DB { return openSQLite(path + "?" + values.Encode()) },
		schema:  sqliteSchema,
		explain: explainSQLite,
	}
}

// openSQLite uses one connection: SQLite has one writer at a time anyway, and
// does not have to say "busy" this way.
func openSQLite(dsn string) *sql.DB {
	db, err := sql.Open("sqlite", dsn)
	if err != nil { // the driver is not registered
		panic(err)
	}
	db.SetMaxOpenConns(1)
	return db
}

func explainSQLite(err error) (cause error, permanent bool) {
	failure, ok := errors.AsType[*sqlitedriver.Error](err)
	if !ok {
		return err, false
	}
	primary := failure.Code() & 0xff // without SQLite's details
	return err, primary != sqlitecode.SQLITE_BUSY && primary != sqlitecode.SQLITE_LOCKED
}
